package conntrack

import "strings"

// Status is the set of IPS_* bits of an entry
// (include/uapi/linux/netfilter/nf_conntrack_common.h).
type Status uint32

// The bits about NAT and about the progress of a connection.
const (
	SeenReply  Status = 1 << 1
	Assured    Status = 1 << 2
	Confirmed  Status = 1 << 3
	SourceNAT  Status = 1 << 4 // translates the source in the original direction
	DestNAT    Status = 1 << 5 // translates the destination in the original direction
	SourceDone Status = 1 << 7 // the source nat rules were evaluated
	DestDone   Status = 1 << 8 // the destination nat rules were evaluated
	Dying      Status = 1 << 9
)

// String returns the kernel's names of the bits that are set:
// "SEEN_REPLY,ASSURED,CONFIRMED,DST_NAT".
func (s Status) String() string {
	var names []string
	for _, b := range []struct {
		bit  Status
		name string
	}{
		{SeenReply, "SEEN_REPLY"}, {Assured, "ASSURED"}, {Confirmed, "CONFIRMED"},
		{SourceNAT, "SRC_NAT"}, {DestNAT, "DST_NAT"},
		{SourceDone, "SRC_NAT_DONE"}, {DestDone, "DST_NAT_DONE"}, {Dying, "DYING"},
	} {
		if s&b.bit != 0 {
			names = append(names, b.name)
		}
	}
	return strings.Join(names, ",")
}
