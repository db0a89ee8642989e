package dissect

import (
	"fmt"

	"tracer/trace/capture"
)

// Frame dissects an Ethernet frame, from the outermost layer inwards. The result
// holds no reference to b.
func Frame(b []byte) []Layer {
	d := &dissection{frame: b}
	d.ethernet()
	return d.layers
}

// Packet dissects a captured packet with the given type of link header. If the
// type is unknown, the whole packet is "data".
func Packet(link capture.LinkType, b []byte) []Layer {
	d := &dissection{frame: b}
	switch link {
	case capture.LinkEthernet:
		d.ethernet()
	case capture.LinkSLL:
		d.cooked()
	case capture.LinkSLL2:
		d.cooked2()
	case capture.LinkNull, capture.LinkLoop:
		d.loopback()
	case capture.LinkRaw, capture.LinkIPv4, capture.LinkIPv6:
		d.bareIP(0)
	default:
		d.data(0, len(b))
	}
	return d.layers
}

// dissection is one frame being taken apart. All offsets count from the start of
// the frame, so the place where a field was read is the field's place.
//
// Each protocol has a method that is given the place of its header and the end of
// the enclosing packet. It appends its layer and calls the method for the payload.
type dissection struct {
	frame   []byte
	layers  []Layer
	quoting bool // within a packet quoted in an ICMP error
}

// data appends the bytes from at to end, if there are any, as a layer of their own.
func (d *dissection) data(at, end int) {
	if at >= end {
		return
	}
	h := d.header("data", at)
	h.bits(end-at, "length", count(end-at, "byte"))
	h.add(end-at, "preview", printable(d.frame[at:end], previewLength))
	d.append(h)
}

// truncated reports that a header needs more bytes than there are between at and
// end. It returns end.
func (d *dissection) truncated(header string, at, end, needed int) int {
	return d.unreadable("truncated", header, at, end, "%s, at least %d needed", count(end-at, "byte"), needed)
}

// malformed reports that a header contradicts itself or its place. It returns end.
func (d *dissection) malformed(header string, at, end int, format string, args ...any) int {
	return d.unreadable("malformed", header, at, end, format, args...)
}

func (d *dissection) unreadable(problem, header string, at, end int, format string, args ...any) int {
	h := d.header(header, at)
	h.add(end-at, h.Name, fmt.Sprintf(format, args...))
	h.Name = problem
	d.append(h)
	d.data(at, end)
	return end
}
