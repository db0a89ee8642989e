package nft

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Value is what a packet's field is compared with, in the kernel's layout: one value, a range,
// a prefix, or flags.
type Value struct {
	First  []byte
	Last   []byte // of a range or prefix; nil: one value
	Prefix bool   // First and Last are the bounds of a prefix of Bits bits
	Bits   int
}

// one reports whether it is a single value.
func (v Value) one() bool { return v.Last == nil && !v.Prefix }

// text returns the value as nft prints it.
func (v Value) text(t *Type) string {
	switch {
	case v.Prefix:
		return fmt.Sprintf("%s/%d", t.text(v.First), v.Bits)
	case v.Last != nil:
		return t.text(v.First) + "-" + t.text(v.Last)
	case t.flags():
		return flagsText(t, v.First)
	}
	return t.text(v.First)
}

// flagsText returns the names of all bits that are set.
func flagsText(t *Type, b []byte) string {
	var list []string
	n := t.value(b)
	for bit := uint32(1); bit != 0; bit <<= 1 {
		if n&bit != 0 {
			list = append(list, t.text(t.number(bit)))
		}
	}
	return strings.Join(list, ",")
}

// parseValue reads a value, a range, a prefix, or flags separated by commas.
func parseValue(t *Type, s string) (v Value, err error) {
	if t.flags() {
		return parseFlags(t, s)
	}
	if p, bits, ok := strings.Cut(s, "/"); ok && (t == ip4 || t == ip6) {
		return parsePrefix(t, p, bits)
	}
	first, last, isRange := s, "", false
	if t != ifName && t != proto && t != icmpType && t != icmp6Type {
		first, last, isRange = strings.Cut(s, "-")
	}
	if v.First, err = t.parse(first); err != nil || !isRange {
		return v, t.check(v, err)
	}
	v.Last, err = t.parse(last)
	if err == nil && bytes.Compare(v.First, v.Last) > 0 {
		err = fmt.Errorf("%q is not a range", s)
	}
	return v, t.check(v, err)
}

// check returns an error, or that a value has the wrong size.
func (t *Type) check(v Value, err error) error {
	if wrong := len(v.First) != t.size || v.Last != nil && len(v.Last) != t.size; err == nil && wrong && t != ifName {
		return fmt.Errorf("%q is not a value of type %s", t.text(v.First), t.name)
	}
	return err
}

func parseFlags(t *Type, s string) (v Value, err error) {
	var sum uint32
	for _, name := range strings.Split(s, ",") {
		b, err := t.parse(name)
		if err != nil {
			return v, err
		}
		sum |= t.value(b)
	}
	return Value{First: t.number(sum)}, nil
}

func parsePrefix(t *Type, address, bits string) (Value, error) {
	p, err := netip.ParsePrefix(address + "/" + bits)
	if err != nil || p.Addr().BitLen() != 8*t.size {
		return Value{}, fmt.Errorf("\"%s/%s\" is not a prefix of type %s", address, bits, t.name)
	}
	return prefixValue(p.Masked()), nil
}

// prefixValue returns the value of a prefix, which is a single address if it has all bits.
func prefixValue(p netip.Prefix) Value {
	first := p.Addr().AsSlice()
	if p.IsSingleIP() {
		return Value{First: first}
	}
	last := slices.Clone(first)
	for i := range last {
		if free := 8*(i+1) - p.Bits(); free > 0 {
			last[i] |= byte(1<<min(free, 8) - 1)
		}
	}
	return Value{First: first, Last: last, Prefix: true, Bits: p.Bits()}
}

// rangeValue returns the value of the range of an element of a set: nft prints ranges of
// addresses as prefixes if they are.
func rangeValue(t *Type, first, last []byte) Value {
	if bytes.Equal(first, last) {
		return Value{First: first}
	}
	if t == ip4 || t == ip6 {
		a, _ := netip.AddrFromSlice(first)
		for bits := range 8 * t.size {
			if p, _ := a.Prefix(bits); p.Addr() == a {
				if v := prefixValue(p); bytes.Equal(v.Last, last) {
					return v
				}
			}
		}
	}
	return Value{First: first, Last: last}
}

// holds reports whether a packet's value is the value, or in its range; a wildcard name
// holds those that begin with it.
func (v Value) holds(t *Type, b []byte) bool {
	switch {
	case t == ifName && len(v.First) < maxName:
		return bytes.HasPrefix(b, v.First)
	case v.Last != nil:
		return bytes.Compare(v.First, b) <= 0 && bytes.Compare(b, v.Last) <= 0
	}
	return bytes.Equal(v.First, b)
}

// compareKeys orders the elements of a set as nft prints them: by the number that it makes of
// their bytes. It reads those of several types, and those in host byte order, beginning with
// the last byte of this machine's words.
func compareKeys(types []*Type, a, b []Value) int {
	if len(types) == 1 && !types[0].host {
		return bytes.Compare(a[0].First, b[0].First)
	}
	x, y := concatenated(types, a), concatenated(types, b)
	slices.Reverse(x)
	slices.Reverse(y)
	return bytes.Compare(x, y)
}

// concatenated returns values as they are in registers: each is padded to 4 bytes.
func concatenated(types []*Type, list []Value) (out []byte) {
	for _, v := range list {
		out = append(out, v.First...)
		if len(types) > 1 {
			out = append(out, make([]byte, -len(v.First)&3)...)
		}
	}
	return out
}
