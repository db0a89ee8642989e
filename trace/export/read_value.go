package export

import (
	"errors"
	"fmt"
	"net/netip"
	"time"
)

func (p *reader) wrong(path string, err error) {
	if p.err == nil && err != nil {
		p.err = fmt.Errorf("%s: %w", path, err)
	}
}

// list reads each element of a list, with its path; an empty list is nil.
func list[D, V any](p *reader, docs []D, path string, read func(string, *D) V) (out []V) {
	if claim[V](p, path, len(docs)); p.err != nil || len(docs) == 0 {
		return nil
	}
	out = make([]V, len(docs))
	for i := range docs {
		out[i] = read(fmt.Sprintf("%s[%d]", path, i), &docs[i])
	}
	return out
}

// atMost records an error if a list exceeds its limit.
func (p *reader) atMost(path string, n, most int, what string) {
	if n > most {
		p.wrong(path, tooMany(n, most, what))
	}
}

// name reads a name, and checks its length.
func (p *reader) name(path, s string) string {
	if len(s) > mostName {
		p.wrong(path, fmt.Errorf("has %d bytes; the limit is %d", len(s), mostName))
	}
	return s
}

// parsed reads a text as a value.
func parsed[V any](p *reader, path, text string, parse func(string) (V, error)) V {
	v, err := parse(text)
	p.wrong(path, err)
	return v
}

// instant reads a time. Converted from another offset, its year could have more or less
// than four digits.
func instant(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if y := t.UTC().Year(); err == nil && (y < 0 || y > 9999) {
		err = fmt.Errorf("%s is not in the years 0 to 9999", s)
	}
	return t, err
}

// endpoint reads an address with or without a port. What has neither, such as
// the ends of a flow of hardware addresses, is written as an invalid one.
func endpoint(s string) (netip.AddrPort, error) {
	if s == (netip.Addr{}).String() || s == (netip.AddrPort{}).String() {
		return netip.AddrPort{}, nil
	}
	if a, err := address(s); err == nil {
		return netip.AddrPortFrom(a, 0), nil
	}
	e, err := netip.ParseAddrPort(s)
	if err == nil && e.Addr().Zone() != "" {
		err = errZone
	}
	return e, err
}

// address reads an address without a zone, as in a packet.
func address(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err == nil && a.Zone() != "" {
		err = errZone
	}
	return a, err
}

var errZone = errors.New("an address with a zone")
