package iptables

import (
	"net/netip"
	"strconv"
	"strings"
)

// number reads a number, which may be hexadecimal.
func (a *argument) number(most uint64) (uint64, error) {
	n, err := strconv.ParseUint(a.value(), 0, 64)
	if err != nil || n > most {
		return 0, a.errorf("is not a number from 0 to %d", most)
	}
	return n, nil
}

// masked reads VALUE or VALUE/MASK. Without a mask, it is all ones.
func (a *argument) masked(bits int) (value, mask uint32, err error) {
	first, second, has := strings.Cut(a.value(), "/")
	v, err1 := strconv.ParseUint(first, 0, bits)
	m, err2 := uint64(1)<<bits-1, error(nil)
	if has {
		m, err2 = strconv.ParseUint(second, 0, bits)
	}
	if err1 != nil || err2 != nil {
		return 0, 0, a.errorf("is not a number of %d bits, or VALUE/MASK", bits)
	}
	return uint32(v), uint32(m), nil
}

// span is a range of numbers, inclusive.
type span struct{ from, to uint32 }

// span reads FIRST, FIRST:LAST, FIRST: or :LAST.
func (a *argument) span(most uint64) (r span, err error) {
	first, last, isRange := strings.Cut(a.value(), ":")
	from, to := uint64(0), most
	var err1, err2 error
	if first != "" || !isRange {
		from, err1 = strconv.ParseUint(first, 10, 32)
	}
	switch {
	case !isRange:
		to = from
	case last != "":
		to, err2 = strconv.ParseUint(last, 10, 32)
	}
	if err1 != nil || err2 != nil || from > to || to > most {
		return r, a.errorf("is not a number from 0 to %d, or a range such as 10:20", most)
	}
	return span{uint32(from), uint32(to)}, nil
}

func (r span) String() string {
	if r.from == r.to {
		return strconv.Itoa(int(r.from))
	}
	return strconv.Itoa(int(r.from)) + ":" + strconv.Itoa(int(r.to))
}

// addresses reads ADDRESS or FIRST-LAST.
func (a *argument) addresses(s string) (first, last netip.Addr, err error) {
	one, two, isRange := strings.Cut(s, "-")
	first, err = netip.ParseAddr(one)
	if isRange && err == nil {
		last, err = netip.ParseAddr(two)
	}
	if err != nil || !a.family.has(first) || last.IsValid() && !a.family.has(last) {
		return first, last, a.errorf("is not an %s address, or a range of two", a.family)
	}
	if last == first {
		last = netip.Addr{}
	}
	return first, last, nil
}

func hex32(v uint32) string { return "0x" + strconv.FormatUint(uint64(v), 16) }

// hex8 returns an octet as iptables prints it: "0x0a".
func hex8(v uint8) string {
	if v < 16 {
		return "0x0" + strconv.FormatUint(uint64(v), 16)
	}
	return "0x" + strconv.FormatUint(uint64(v), 16)
}
