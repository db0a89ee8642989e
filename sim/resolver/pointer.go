package resolver

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
)

// The domains in which addresses are looked up (RFC 1035, 3.5; RFC 3596, 2.5).
const (
	ipv4Domain = ".in-addr.arpa."
	ipv6Domain = ".ip6.arpa."
)

// Pointer returns the name under which an address is looked up: "2.0.18.172.in-addr.arpa." for
// 172.18.0.2.
func Pointer(a netip.Addr) string {
	if a.Is4() {
		labels := strings.Split(a.String(), ".")
		slices.Reverse(labels)
		return strings.Join(labels, ".") + ipv4Domain
	}
	b := a.As16()
	digits := strings.Split(hex.EncodeToString(b[:]), "")
	slices.Reverse(digits)
	return strings.Join(digits, ".") + ipv6Domain
}

// pointee returns the address that such a name is for. ok is false if it is for none.
func pointee(name string) (a netip.Addr, ok bool) {
	if text, found := strings.CutSuffix(name, ipv4Domain); found {
		labels := strings.Split(text, ".")
		slices.Reverse(labels)
		a, _ = netip.ParseAddr(strings.Join(labels, "."))
	} else if text, found := strings.CutSuffix(name, ipv6Domain); found {
		digits := strings.Split(text, ".")
		slices.Reverse(digits)
		if b, err := hex.DecodeString(strings.Join(digits, "")); err == nil {
			a, _ = netip.AddrFromSlice(b)
		}
	}
	return a, a.IsValid() && strings.EqualFold(Pointer(a), name)
}
