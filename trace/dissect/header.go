package dissect

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
)

// header reads a header from front to back. The methods that add a field begin
// where the last one ended, so a protocol's code lists its fields in the order in
// which its RFC draws them:
//
//	next ──────────┐
//	               ▼
//	│ source port │ destination port │ sequence number …
//
// Reading beyond the frame panics: open has to be asked for enough bytes first.
type header struct {
	Layer
	frame []byte
	next  int
}

// header begins a layer.
func (d *dissection) header(name string, at int) *header {
	if d.quoting {
		name = "quoted " + name
	}
	return &header{Layer: Layer{Name: name, Offset: at}, frame: d.frame, next: at}
}

// open begins the layer of a header that has at least size bytes. If they are not
// there, it reports that instead, and the rest up to end is data.
func (d *dissection) open(name string, at, end, size int) (h *header, ok bool) {
	if end-at < size {
		d.truncated(name, at, end, size)
		return nil, false
	}
	h = d.header(name, at)
	h.Fields = make([]Field, 0, 12)
	return h, true
}

// append appends the layer, which ends where the next field would begin.
func (d *dissection) append(h *header) {
	h.Length = h.next - h.Offset
	d.layers = append(d.layers, h.Layer)
}

// peek returns the next n bytes, at most four, as a number.
func (h *header) peek(n int) uint32 {
	var v uint32
	for _, b := range h.frame[h.next : h.next+n] {
		v = v<<8 | uint32(b)
	}
	return v
}

// add adds a field of n bytes.
func (h *header) add(n int, name, value string) {
	h.bits(n, name, value)
	h.next += n
}

// bits adds a field that shares its n bytes with those to come.
func (h *header) bits(n int, name, value string) {
	h.Fields = append(h.Fields, Field{Name: name, Value: value, Offset: h.next, Length: n})
}

// number adds a field with a number of n bytes.
func (h *header) number(n int, name string) uint32 {
	v := h.peek(n)
	h.add(n, name, decimal(v))
	return v
}

// id adds a field with a number of two bytes that only identifies something.
func (h *header) id(name string) {
	v := h.peek(2)
	h.add(2, name, fmt.Sprintf("0x%04x (%d)", v, v))
}

// named adds a field with a number of n bytes that stands for one of some names.
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

// address returns the next n bytes in the notation that their number suggests,
// for headers that give no more than the length of an address.
func (h *header) address(n int) string {
	b := h.frame[h.next : h.next+n]
	switch {
	case n == 0:
		return "none"
	case n == 4:
		return netip.AddrFrom4([4]byte(b)).String()
	case n == 6:
		return net.HardwareAddr(b).String()
	case n > previewLength/2:
		return hex.EncodeToString(b[:previewLength/2]) + "…"
	default:
		return hex.EncodeToString(b)
	}
}
