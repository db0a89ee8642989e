package iptables

import (
	"net/netip"

	"tracer/sim/rule"
)

// AddressRange is "-m iprange": addresses from First to Last, inclusive. An invalid range
// holds every address.
type AddressRange struct {
	First, Last netip.Addr
	Not         bool
}

// IPRange is "-m iprange".
type IPRange struct{ Source, Destination AddressRange }

// The flags (linux/netfilter/xt_iprange.h).
const (
	ipRangeSource      = 1 << 0
	ipRangeDestination = 1 << 1
	ipRangeNotSource   = 1 << 4
	ipRangeNotDest     = 1 << 5
)

const ipRangeSize = 65

var ipRangeKind = &kind[IPRange]{
	name: "iprange",
	options: []option[IPRange]{
		{"--src-range", "FIRST[-LAST]", true, func(r *IPRange, a *argument) error { return r.Source.set(a) }},
		{"--dst-range", "FIRST[-LAST]", true, func(r *IPRange, a *argument) error { return r.Destination.set(a) }},
	},
	read: readIPRange(IPv4), inIPv6: &layout[IPRange]{readIPRange(IPv6), ipRangeSize},
	size: ipRangeSize, // struct xt_iprange_mtinfo: four union nf_inet_addr of 16 bytes, and flags
}

func (r *AddressRange) set(a *argument) (err error) {
	r.Not = a.not
	r.First, r.Last, err = a.addresses(a.value())
	if !r.Last.IsValid() {
		r.Last = r.First
	}
	return err
}

func readIPRange(f Family) func(uint32, structure) (IPRange, bool) {
	return func(revision uint32, s structure) (r IPRange, ok bool) {
		flags := s.uint8(64)
		if flags&ipRangeSource != 0 {
			r.Source = AddressRange{f.address(s), f.address(s[16:]), flags&ipRangeNotSource != 0}
		}
		if flags&ipRangeDestination != 0 {
			r.Destination = AddressRange{f.address(s[32:]), f.address(s[48:]), flags&ipRangeNotDest != 0}
		}
		return r, revision == 1
	}
}

func (r AddressRange) String() string { return r.First.String() + "-" + r.Last.String() }

// String returns "-m iprange --src-range 10.0.0.1-10.0.0.9".
func (r IPRange) String() string {
	t := begin("iprange")
	if r.Source.First.IsValid() {
		t.add(r.Source.Not, "--src-range", r.Source.String())
	}
	if r.Destination.First.IsValid() {
		t.add(r.Destination.Not, "--dst-range", r.Destination.String())
	}
	return t.String()
}

func (r IPRange) listed() string {
	var t text
	if r.Source.First.IsValid() {
		t.add(false, "source IP range")
		t.add(r.Source.Not, r.Source.String())
	}
	if r.Destination.First.IsValid() {
		t.add(false, "destination IP range")
		t.add(r.Destination.Not, r.Destination.String())
	}
	return t.String()
}

func (r IPRange) problems(p place) (out []string) {
	if !r.Source.First.IsValid() && !r.Destination.First.IsValid() {
		out = append(out, "iprange needs --src-range or --dst-range")
	}
	for _, one := range [...]AddressRange{r.Source, r.Destination} {
		switch {
		case one == AddressRange{}:
		case !p.family.has(one.First) || !p.family.has(one.Last):
			out = append(out, "iprange has an address that is not "+p.family.String())
		case one.Last.Less(one.First):
			out = append(out, "address range "+one.String()+" is in the wrong order")
		}
	}
	return out
}

func (r IPRange) encode(c *code) {
	s := make(structure, ipRangeSize)
	put := func(offset int, one AddressRange, set, not uint8) {
		if !one.First.IsValid() {
			return
		}
		copy(s[offset:], one.First.AsSlice())
		copy(s[offset+16:], one.Last.AsSlice())
		s[64] |= set
		if one.Not {
			s[64] |= not
		}
	}
	put(0, r.Source, ipRangeSource, ipRangeNotSource)
	put(32, r.Destination, ipRangeDestination, ipRangeNotDest)
	c.match("iprange", 1, s)
}

func (r IPRange) fails(f *rule.Facts) (rule.Mismatch, bool) {
	for _, c := range [...]struct {
		AddressRange
		flag    string
		address netip.Addr
	}{{r.Source, "--src-range ", f.Source.Addr()}, {r.Destination, "--dst-range ", f.Destination.Addr()}} {
		if !c.First.IsValid() || !c.address.IsValid() {
			continue
		}
		if holds := c.First.Compare(c.address) <= 0 && c.address.Compare(c.Last) <= 0; holds == c.Not {
			return mismatch(c.Not, c.flag+c.AddressRange.String(), c.address.String())
		}
	}
	return rule.Mismatch{}, false
}
