package iptables

import (
	"errors"
	"net/netip"
)

// Address is "-s" or "-d": an IPv4 prefix without host bits. The zero Prefix matches
// every address.
type Address struct {
	Prefix netip.Prefix
	Not    bool
}

// text returns "" for every address. iptables prints the length even of a /32.
func (a Address) text() string {
	if a.Prefix == (netip.Prefix{}) {
		return ""
	}
	return a.Prefix.String()
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
		return from.errorf("is not an IPv4 address or prefix")
	}
	*a = Address{prefix, from.not}
	if text := a.problem(); text != "" {
		return errors.New(text)
	}
	return nil
}

func (a Address) problem() string {
	p := a.Prefix
	switch {
	case p == (netip.Prefix{}):
		if a.Not {
			return "negation without an address"
		}
		return ""
	case !p.IsValid() || !p.Addr().Is4():
		return "address " + p.String() + " is not an IPv4 prefix"
	case p.Bits() == 0:
		return "address 0.0.0.0/0 matches every address; omit it"
	case p != p.Masked():
		return "address " + p.String() + " has host bits set; the prefix is " + p.Masked().String()
	}
	return ""
}
