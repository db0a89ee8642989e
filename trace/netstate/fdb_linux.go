package netstate

import (
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/trace"
)

// fdbStates are the states of entries (fdb_to_nud in net/bridge/br_fdb.c).
var fdbStates = map[int]trace.FDBState{
	unix.NUD_REACHABLE: trace.FDBLearned, unix.NUD_STALE: trace.FDBStale, unix.NUD_NOARP: trace.FDBStatic, unix.NUD_PERMANENT: trace.FDBPermanent,
}

// fdbFlags are an entry's flags in the order of bridge(8) (fdb_print_flags in bridge/fdb.c).
// That an entry is of a bridge shows in its having one.
func fdbFlags() []bit {
	return []bit{
		{unix.NTF_SELF, "self"}, {unix.NTF_ROUTER, "router"}, {unix.NTF_EXT_LEARNED, "extern_learn"}, {unix.NTF_OFFLOADED, "offload"},
		{sticky, "sticky"},
	}
}

// sticky is NTF_STICKY (include/uapi/linux/neighbour.h), which package unix does not have.
const sticky = 1 << 6

// forwarding reads the forwarding databases of all bridges, and the own lists of interfaces, in
// the kernel's order. Entries of tunnels, which lead to an address, are left out.
func (r *reader) forwarding(s *trace.Node, names map[int]string) error {
	var list []netlink.Neigh
	err := retryInterrupted(func() (err error) {
		list, err = r.handle.NeighList(0, unix.AF_BRIDGE)
		return err
	})
	if err != nil {
		return fail("list forwarding databases", err)
	}
	s.FDB = []trace.FDBEntry{}
	for _, e := range list {
		state := fdbStates[e.State]
		if len(e.HardwareAddr) != 6 || e.IP != nil || state == 0 {
			continue
		}
		s.FDB = append(s.FDB, trace.FDBEntry{
			MAC: trace.MAC(e.HardwareAddr), Interface: names[e.LinkIndex], Bridge: names[e.MasterIndex], VLAN: uint16(e.Vlan),
			State: state, Flags: flagNames(e.Flags, fdbFlags()),
		})
	}
	return nil
}
