package dissect

import (
	"encoding/binary"
	"fmt"
)

// Frame takes an Ethernet frame apart. The layers come from the outside to the
// inside. What cannot be read is the last layer, "data", and for a header that
// is cut off an extra layer before it, "truncated", says so.
//
// The result holds no reference into b.
func Frame(b []byte) []Layer {
	d := &dissection{frame: b}
	d.ethernet()
	return d.layers
}

// dissection is one frame while it is being taken apart. All offsets are those
// of the frame, so that a field's place is where it was read.
//
// Its methods that read a header take where it starts and where the layer below
// ends; they append the layer and go on with the next.
type dissection struct {
	frame   []byte
	layers  []Layer
	quoting bool // inside of what an ICMP error quotes
}

// append adds a layer.
func (d *dissection) append(l Layer) {
	if d.quoting {
		l.Name = "quoted " + l.Name
	}
	d.layers = append(d.layers, l)
}

func (d *dissection) u8(at int) uint8   { return d.frame[at] }
func (d *dissection) u16(at int) uint16 { return binary.BigEndian.Uint16(d.frame[at:]) }
func (d *dissection) u32(at int) uint32 { return binary.BigEndian.Uint32(d.frame[at:]) }

// truncated says that the bytes from at to end are not a whole header, and
// returns end.
func (d *dissection) truncated(header string, at, end, needed int) int {
	return d.unreadable("truncated", header, at, end, "%d of at least %d bytes are there", end-at, needed)
}

// malformed says that the bytes from at to end cannot be such a header, and
// returns end.
func (d *dissection) malformed(header string, at, end int, format string, args ...any) int {
	return d.unreadable("malformed", header, at, end, format, args...)
}

func (d *dissection) unreadable(layer, header string, at, end int, format string, args ...any) int {
	if d.quoting {
		header = "quoted " + header
	}
	l := Layer{Name: layer, Offset: at, Length: end - at}
	l.add(at, end-at, header, "%s", fmt.Sprintf(format, args...))
	d.layers = append(d.layers, l)
	d.data(at, end)
	return end
}
