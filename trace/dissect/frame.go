package dissect

import "tracer/trace"

// Frame dissects an Ethernet frame, from the outermost layer inward. The result does not
// refer to b.
func Frame(b []byte) []Layer { return Packet(trace.LinkEthernet, b) }

// Packet dissects a captured packet with the given type of link header. If the
// type is unknown, the whole packet is "data".
func Packet(link trace.LinkType, b []byte) []Layer {
	d := &dissection{frame: b, stop: len(b)}
	d.read(linkProtocol(link, b), 0, len(b))
	if link == trace.LinkEthernet {
		d.padding()
	}
	return d.layers
}

// dissection is the state while a frame is dissected. All offsets count from the start of
// the frame.
type dissection struct {
	frame   []byte
	layers  []Layer
	packet  *datagram // the innermost
	stop    int       // where the packet ends, in the frame or in a quotation
	quoting bool      // within a packet quoted in an ICMP error
}

// protocol reads one kind of header. The zero protocol stands for data.
type protocol struct {
	name   string
	least  int                                // bytes of the header
	fields func(h *header) (payload protocol) // adds the fields
	quoted bool                               // in an ICMP error
}

// read reads a header of protocol p and everything inside it, up to end.
func (d *dissection) read(p protocol, at, end int) {
	for p.fields != nil {
		if p.quoted {
			d.quote(p, at, end)
			return
		}
		h := d.header(p.name, at, end)
		var payload protocol
		if h.needs(p.least) {
			payload = p.fields(h)
		}
		if h.problem.header != h.Name { // the header itself is readable
			d.append(h)
			at = h.next
		}
		if end = h.end; h.problem != (problem{}) {
			d.unreadable(h.problem, at, end)
			return
		}
		p = payload
	}
	d.data(at, end)
}

// quote reads a packet of protocol p that an ICMP error quotes.
func (d *dissection) quote(p protocol, at, end int) {
	if at == end {
		return
	}
	stop := d.stop
	p.quoted, d.quoting, d.stop = false, true, end
	d.read(p, at, end)
	d.quoting = false
	d.data(d.stop, end)
	d.stop = stop
}

// append appends a layer. It ends where the next field would begin.
func (d *dissection) append(h *header) {
	h.Length = h.next - h.Offset
	d.layers = append(d.layers, h.Layer)
}

// data appends the bytes from at to end, if any, as a layer of their own.
func (d *dissection) data(at, end int) {
	if at >= end {
		return
	}
	h := d.header("data", at, end)
	h.bits(end-at, "length", count(end-at, "byte"))
	h.add(end-at, "preview", printable(d.frame[at:end], previewLength))
	d.append(h)
}

// problem says why a header, or a part of it, cannot be read.
type problem struct{ kind, header, text string }

// unreadable appends a problem as a layer of its own, and the bytes as data.
func (d *dissection) unreadable(p problem, at, end int) {
	h := d.header("", at, end)
	h.Name = p.kind
	h.add(end-at, p.header, p.text)
	d.append(h)
	d.data(at, end)
}
