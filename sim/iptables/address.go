package iptables

import (
	"errors"
	"net"
	"net/netip"
)

// Address is "-s" or "-d": a prefix without host bits. The zero Prefix matches
// every address.
type Address struct {
	Prefix netip.Prefix
	Not    bool
}

// text returns "" for every address. iptables prints the length even of
// a single address.
func (a Address) text() string {
	if a.Prefix == (netip.Prefix{}) {
		return ""
	}
	return a.Prefix.String()
}

// short is text without the length of a single address.
func (a Address) short() string {
	if a.Prefix.IsSingleIP() {
		return a.Prefix.Addr().String()
	}
	return a.text()
}

// set reads ADDRESS or ADDRESS/LENGTH.
func (a *Address) set(from *argument) error {
	prefix, err := netip.ParsePrefix(from.value())
	if err != nil {
		var one netip.Addr
		if one, err = netip.ParseAddr(from.value()); err == nil {
			prefix = netip.PrefixFrom(one, one.BitLen())
		}
	}
	if err != nil {
		return from.errorf("is not an %s address or prefix", from.family)
	}
	*a = Address{prefix, from.not}
	if text := a.problem(from.family); text != "" {
		return errors.New(text)
	}
	return nil
}

func (a Address) problem(f Family) string {
	p := a.Prefix
	switch {
	case p == (netip.Prefix{}):
		if a.Not {
			return "negation without an address"
		}
		return ""
	case !p.IsValid() || !f.has(p.Addr()):
		return "address " + p.String() + " is not an " + f.String() + " prefix"
	case p.Bits() == 0:
		return "address " + f.any() + " matches every address; omit it"
	case p != p.Masked():
		return "address " + p.String() + " has host bits set; the prefix is " + p.Masked().String()
	}
	return ""
}

// prefixLength returns the number of ones at the beginning of a mask. ok is false if there are
// others after that.
func prefixLength(mask []byte) (n int, ok bool) {
	n, bits := net.IPMask(mask).Size()
	return n, bits == 8*len(mask) && bits > 0
}
