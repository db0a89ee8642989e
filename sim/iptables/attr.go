package iptables

import (
	"encoding/binary"
	"errors"
)

// errAttr is a netlink attribute that does not fit into what holds it.
var errAttr = errors.New("malformed netlink attribute")

const (
	attrHeader   = 4
	attrTypeMask = 0x3fff // without NLA_F_NESTED and NLA_F_NET_BYTEORDER
)

// nextAttr splits the first attribute off b (struct nlattr: length and type in
// host byte order, then the value, padded to 4 bytes).
func nextAttr(b []byte) (kind uint16, value, rest []byte, err error) {
	if len(b) < attrHeader {
		return 0, nil, nil, errAttr
	}
	n := int(binary.NativeEndian.Uint16(b))
	if n < attrHeader || n > len(b) {
		return 0, nil, nil, errAttr
	}
	kind = binary.NativeEndian.Uint16(b[2:]) & attrTypeMask
	return kind, b[attrHeader:n:n], b[min((n+3)&^3, len(b)):], nil
}

// attrs is a level of attributes, indexed by type.
type attrs struct {
	value [12][]byte
	// beyond says that there was a type which no decoder here knows of. An
	// expression with such an attribute may mean something else entirely.
	beyond bool
}

func parseAttrs(b []byte) (attrs, error) {
	var a attrs
	for len(b) > 0 {
		kind, value, rest, err := nextAttr(b)
		if err != nil {
			return attrs{}, err
		}
		switch {
		case int(kind) >= len(a.value):
			a.beyond = true
		default:
			a.value[kind] = value
		}
		b = rest
	}
	return a, nil
}

// only reports whether no attribute but those was there.
func (a *attrs) only(kinds ...int) bool {
	if a.beyond {
		return false
	}
	var known [len(a.value)]bool
	for _, k := range kinds {
		known[k] = true
	}
	for k, v := range a.value {
		if v != nil && !known[k] {
			return false
		}
	}
	return true
}

func (a *attrs) uint32(kind int) (uint32, bool) {
	if len(a.value[kind]) != 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(a.value[kind]), true
}

func (a *attrs) uint64(kind int) (uint64, bool) {
	if len(a.value[kind]) != 8 {
		return 0, false
	}
	return binary.BigEndian.Uint64(a.value[kind]), true
}

// text returns a NUL-terminated string without its end.
func (a *attrs) text(kind int) string { return cstring(a.value[kind]) }

// data returns the value in an attribute that nests NFTA_DATA_VALUE.
func (a *attrs) data(kind int) ([]byte, bool) {
	if a.value[kind] == nil {
		return nil, false
	}
	nested, err := parseAttrs(a.value[kind])
	if err != nil || !nested.only(dataValue) || len(nested.value[dataValue]) == 0 {
		return nil, false
	}
	return nested.value[dataValue], true
}

func cstring(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}
