package dissect

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
)

// header reads a header from front to back. Each method that adds a field starts where the
// last one ended, so a protocol's code lists its fields in the order of its RFC:
//
//	Offset        next                                 end
//	│ source port │ destination port │ … │ payload … … │
type header struct {
	Layer
	*dissection
	next    int // where the next field begins
	end     int // of the payload
	problem problem
}

// header begins a layer.
func (d *dissection) header(name string, at, end int) *header {
	h := &header{Layer: Layer{Offset: at, Fields: make([]Field, 0, 12)}, dissection: d, next: at, end: end}
	h.Name = h.called(name)
	return h
}

// called returns the name to show for a header.
func (d *dissection) called(name string) string {
	if d.quoting {
		return "quoted " + name
	}
	return name
}

// needs reports whether the header has size bytes. If not, it becomes truncated.
func (h *header) needs(size int) bool {
	there := h.end - h.Offset
	if there < size {
		h.problem = problem{"truncated", h.Name, shortage(there, size)}
	}
	return there >= size
}

// misses records that a part of the header needs size bytes, more than are left.
func (h *header) misses(part string, size int) protocol {
	h.problem = problem{"truncated", h.called(part), shortage(h.end-h.next, size)}
	return protocol{}
}

func shortage(there, size int) string {
	return fmt.Sprintf("%s, at least %d needed", count(there, "byte"), size)
}

// malformed records that the header contradicts itself or its surroundings.
func (h *header) malformed(format string, args ...any) protocol {
	h.problem = problem{"malformed", h.Name, fmt.Sprintf(format, args...)}
	return protocol{}
}

// cut ends the packet before the end of its container.
func (h *header) cut(end int) { h.end, h.stop = end, end }

// take returns the next n bytes and moves past them. If fewer are left, or after an earlier
// problem, it returns none.
func (h *header) take(n int) []byte {
	if h.problem == (problem{}) && h.end-h.next < n {
		h.problem = problem{kind: "truncated", text: "ends too early"}
	}
	if h.problem != (problem{}) {
		return nil
	}
	h.next += n
	return h.frame[h.next-n : h.next]
}

// peek returns the next n bytes, at most four, as a number. They must exist.
func (h *header) peek(n int) uint32 { return number(h.frame[h.next : h.next+n]) }

func number(b []byte) (v uint32) {
	for _, b := range b {
		v = v<<8 | uint32(b)
	}
	return v
}

// add adds a field of n bytes.
func (h *header) add(n int, name, value string) {
	h.bits(n, name, value)
	h.next += n
}

// bits adds a field that shares its n bytes with the fields to come.
func (h *header) bits(n int, name, value string) {
	h.Fields = append(h.Fields, Field{Name: name, Value: value, Offset: h.next, Length: n})
}

// number adds a field with a number of n bytes.
func (h *header) number(n int, name string) uint32 {
	v := h.peek(n)
	h.add(n, name, decimal(v))
	return v
}

// id adds a field with an identifier of two bytes.
func (h *header) id(name string) { h.add(2, name, fmt.Sprintf("0x%04x (%d)", h.peek(2), h.peek(2))) }

// named adds a field with a number of n bytes and its name, if it has one.
func (h *header) named(n int, name string, names map[uint32]string) uint32 {
	v := h.peek(n)
	h.add(n, name, named(v, names[v]))
	return v
}

// ip adds a field with an IP address of 4 or 16 bytes.
func (h *header) ip(n int, name string) netip.Addr {
	a, _ := netip.AddrFromSlice(h.frame[h.next : h.next+n])
	h.add(n, name, a.String())
	return a
}

// address formats an address of n bytes, of a kind that the header does not name.
func (h *header) address(n int) string {
	b := h.frame[h.next : h.next+n]
	switch n {
	case 0:
		return "none"
	case 4:
		return netip.AddrFrom4([4]byte(b)).String()
	case 6:
		return net.HardwareAddr(b).String()
	}
	return hex.EncodeToString(b)
}
