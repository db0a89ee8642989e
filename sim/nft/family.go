package nft

import (
	"fmt"
	"slices"
)

// Family is the address family of a table: the packets that its chains see.
type Family uint8

// The families (NFPROTO_* in include/uapi/linux/netfilter.h).
const (
	Inet   Family = 1 // IPv4 and IPv6
	IPv4   Family = 2
	ARP    Family = 3
	Netdev Family = 5
	Bridge Family = 7
	IPv6   Family = 10
)

var familyNames = map[Family]string{Inet: "inet", IPv4: "ip", ARP: "arp", Netdev: "netdev", Bridge: "bridge", IPv6: "ip6"}

// String returns the name that nft uses: "ip".
func (f Family) String() string {
	if s, known := familyNames[f]; known {
		return s
	}
	return fmt.Sprintf("family %d", uint8(f))
}

func parseFamily(s string) (Family, bool) {
	for f, name := range familyNames {
		if name == s {
			return f, true
		}
	}
	return 0, false
}

// hooks returns the names of the family's hooks, by number.
func (f Family) hooks() []string {
	switch f {
	case Netdev:
		return []string{"ingress", "egress"}
	case ARP:
		return []string{"input", "output", "forward"}
	case Inet:
		return []string{"prerouting", "input", "forward", "output", "postrouting", "ingress"}
	}
	return []string{"prerouting", "input", "forward", "output", "postrouting"}
}

func (f Family) hook(name string) (uint32, bool) {
	i := slices.Index(f.hooks(), name)
	return uint32(i), i >= 0
}

// priorityNames are the names of priorities in IP families, and the hooks at which they may be
// used (std_prios in nftables' src/rule.c). Earlier versions than 1.0.9 have dstnat only at
// prerouting.
var priorityNames = []struct {
	name  string
	value int
	hook  string // the only one; empty: any
}{
	{"raw", -300, ""}, {"mangle", -150, ""}, {"dstnat", -100, "prerouting"},
	{"filter", 0, ""}, {"security", 50, ""}, {"srcnat", 100, "postrouting"},
}

// bridgePriorityNames are those of bridge chains.
var bridgePriorityNames = []struct {
	name  string
	value int
	hook  string
}{
	{"dstnat", -300, "prerouting"}, {"filter", -200, ""}, {"out", 100, "output"}, {"srcnat", 300, "postrouting"},
}

// priorityText returns a priority as nft prints it: "filter + 5".
func (f Family) priorityText(hook string, priority int) string {
	const near = 10
	names := priorityNames
	if f == Bridge {
		names = bridgePriorityNames
	}
	if f == ARP || f == Netdev {
		names = names[3:4]
	}
	for _, n := range names {
		d := priority - n.value
		switch {
		case n.hook != "" && n.hook != hook || d < -near || d > near:
		case d == 0:
			return n.name
		case d > 0:
			return fmt.Sprintf("%s + %d", n.name, d)
		default:
			return fmt.Sprintf("%s - %d", n.name, -d)
		}
	}
	return fmt.Sprint(priority)
}

// priorityValue is the inverse of priorityText for a name. Unlike nft 1.0.6, it knows dstnat
// at any hook.
func (f Family) priorityValue(name string) (int, bool) {
	names := priorityNames
	if f == Bridge {
		names = bridgePriorityNames
	}
	for _, n := range names {
		if n.name == name {
			return n.value, true
		}
	}
	return 0, false
}
