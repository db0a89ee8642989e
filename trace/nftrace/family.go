package nftrace

import (
	"fmt"

	"tracer/trace"
)

// Family is the address family of a table (NFPROTO_* in include/uapi/linux/netfilter.h).
type Family uint8

// The families, with the kernel's numbers.
const (
	FamilyInet   Family = 1 // IPv4 and IPv6
	FamilyIPv4   Family = 2
	FamilyARP    Family = 3
	FamilyNetdev Family = 5 // ingress and egress of one interface
	FamilyBridge Family = 7
	FamilyIPv6   Family = 10
)

// String returns the family as nft prints it: "inet", "ip".
func (f Family) String() string {
	switch f {
	case FamilyInet:
		return "inet"
	case FamilyIPv4:
		return "ip"
	case FamilyARP:
		return "arp"
	case FamilyNetdev:
		return "netdev"
	case FamilyBridge:
		return "bridge"
	case FamilyIPv6:
		return "ip6"
	}
	return fmt.Sprintf("family %d", uint8(f))
}

// TableName returns the table's name as [trace.Table] has it: "nat" for a table of
// iptables, "ip6 nat" for one of ip6tables, "inet firewall" for any other. Tracer's own tables
// have one name.
func (m *Message) TableName() string { return TableName(m.Family, m.Table) }

// TableName returns a table's name as [trace.Table] has it: see [Message.TableName].
func TableName(f Family, table string) string {
	_, iptables := trace.TablePriority(trace.Output, table)
	if f == FamilyIPv4 && (iptables || table == Table) || f == FamilyIPv6 && table == Table {
		return table
	}
	return f.String() + " " + table
}
