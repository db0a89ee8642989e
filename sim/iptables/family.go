package iptables

import (
	"net/netip"
	"strings"
)

// Family is the version of IP that a table is for. Each has its own command, and its tables
// are independent of the other's.
type Family uint8

// The families.
const (
	IPv4 Family = iota // iptables
	IPv6               // ip6tables
)

// families are both, in the order in which rules are listed.
var families = [...]Family{IPv4, IPv6}

// String returns "IPv4" or "IPv6".
func (f Family) String() string { return [...]string{"IPv4", "IPv6"}[f&1] }

// command returns the program that changes and lists the family's tables.
func (f Family) command() string { return [...]string{"iptables", "ip6tables"}[f&1] }

// has reports whether an address is of the family.
func (f Family) has(a netip.Addr) bool {
	if f == IPv6 {
		return a.Is6() && !a.Is4In6()
	}
	return a.Is4()
}

// size is the length of an address in bytes.
func (f Family) size() int { return [...]int{4, 16}[f&1] }

// address reads an address from a structure, where it has room for an IPv6 address or fills its
// own size.
func (f Family) address(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b[:f.size()])
	return a
}

// any is the prefix that holds every address, as iptables -L prints it.
func (f Family) any() string { return [...]string{"0.0.0.0/0", "::/0"}[f&1] }

// offsets are those of the addresses in the IP header (RFC 791, RFC 8200).
func (f Family) offsets() (source, destination uint32) {
	if f == IPv6 {
		return 8, 24
	}
	return offsetSource, offsetDestination
}

// prefix6 precedes the names of IPv6's tables, as nft prints it.
const prefix6 = "ip6 "

// title returns the table's name in the model: "nat", and "ip6 nat" for IPv6.
func (t *Table) title() string { return title(t.Family, t.Name) }

func title(f Family, name string) string {
	if f == IPv6 {
		return prefix6 + name
	}
	return name
}

// titled splits a table's title.
func titled(title string) (f Family, name string) {
	if rest, six := strings.CutPrefix(title, prefix6); six {
		return IPv6, rest
	}
	return IPv4, title
}
