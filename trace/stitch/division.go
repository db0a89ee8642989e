package stitch

import (
	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// division is a packet whose bytes were captured further along in several smaller packets. With
// segmentation offload, the kernel or a network card divides a packet on its way out of an
// interface. Each segment repeats the headers. The segments' identifications count up from the
// packet's, and only the last segment has PSH and FIN (net/ipv4/tcp_offload.c):
//
//	server/eth0   seq 1000, 2896 bytes, id 7
//	host/port1    seq 1000, 1448 bytes, id 7 ─ seq 2448, 1448 bytes, id 8
//
// A division counts only if it is complete.
type division struct {
	segments []int  // the numbers of the segments' tracks
	point    int    // where the first segment was seen
	next     uint32 // the sequence number after the last segment
	size     int    // bytes in each segment but the last
	order    int    // when the last segment arrived
}

// mostSegments bounds the segments of one packet: 64 KiB of 536 bytes each, the
// smallest segments that every host accepts (RFC 9293, 3.7.1).
const mostSegments = 1 << 7

// maxUndivided is the number of a stream's packets that are compared with a possible segment.
const maxUndivided = 1 << 8

// divide assigns a track that has just begun to the packet of which it shows a segment, if any,
// and reports whether there is one. It also keeps the track, because the segment may itself be
// divided.
func (s *Stitcher) divide(t *track) (is bool) {
	p := &t.Sightings[0].Packet.Headers
	if p.Payload == 0 || !occupies(p) {
		return false
	}
	of := &t.Client.of.streams[t.Client.direction-1]
	if whole := s.whole(of, t); whole != nil {
		whole.Client.divided.add(t)
		of.divided, is = whole, true
	}
	of.push(t)
	return is
}

// whole returns the track of the packet of which a new track shows a segment, or nil.
func (s *Stitcher) whole(of *stream, t *track) *track {
	if !of.elsewhere(&t.Sightings[0].Packet.Headers) {
		return nil
	}
	if of.divided != nil && s.divides(of.divided, t) {
		return of.divided
	}
	o := of.newest
	for n := 0; o != nil && n < maxUndivided; n++ {
		if s.divides(o, t) {
			return o
		}
		o = o.Client.sent.before
	}
	return nil
}

// elsewhere reports whether a packet's last byte has already passed any point.
func (s *stream) elsewhere(p *trace.Headers) bool {
	end := p.TCP.Seq + p.SequenceLength()
	for i := range s.places {
		if int32(s.places[i].next-end) >= 0 {
			return true
		}
	}
	return false
}

// divides reports whether a new track shows the next segment of a packet. The packet itself
// must not have been seen at that point.
func (s *Stitcher) divides(whole, t *track) bool {
	at := &t.Sightings[0]
	a, b := &whole.Sightings[0].Packet.Headers, &at.Packet.Headers
	switch {
	case b.Payload >= a.Payload, b.TTL > a.TTL, whole.Client.alike, t.Client.alike:
		return false
	case whole.At(at.Point) != nil && !s.points[at.Point].Mixed:
		return false
	case a.TCP.Ack != b.TCP.Ack, a.TCP.Window != b.TCP.Window:
		return false
	}
	d := whole.Client.divided
	if d == nil {
		d = &division{point: at.Point, next: a.TCP.Seq, size: b.Payload}
	}
	if len(d.segments) >= mostSegments || b.TCP.Seq != d.next || b.Payload > d.size || !identified(a, b, d.size) {
		return false
	}
	const last = trace.PSH | trace.FIN
	switch left := int(a.TCP.Seq + uint32(a.Payload) - d.next); {
	case b.Payload > left:
		return false
	case b.Payload == left:
		if b.TCP.Flags&last != a.TCP.Flags&last {
			return false
		}
	case b.Payload < d.size || b.TCP.Flags&last != 0:
		return false
	}
	whole.Client.divided = d
	return true
}

// identified reports whether a segment's identification follows from the whole packet's:
// counted up, or the same. size is the size of the segments; they may have been divided in
// several stages, so the count may be higher. IPv6 has no identification.
func identified(whole, segment *trace.Headers, size int) bool {
	if whole.EtherType != segment.EtherType || whole.EtherType == layers.EthernetTypeIPv6 {
		return whole.EtherType == segment.EtherType
	}
	offset, counted := int(segment.TCP.Seq-whole.TCP.Seq), int(uint16(segment.ID-whole.ID))
	return counted == 0 || offset > 0 && offset%counted == 0 && offset/counted <= size
}

func (d *division) add(segment *track) {
	p := &segment.Sightings[0]
	d.segments = append(d.segments, segment.ID)
	d.next, d.order = d.next+uint32(p.Packet.Payload), p.Order
}

// segments returns the numbers of the segments into which a packet was divided, or nil. If
// another machine had the whole packet afterwards, they were merged again on the way.
func (s *Stitcher) segments(t *track) []int {
	d := t.Client.divided
	if d == nil {
		return nil
	}
	first := &t.Sightings[0]
	if d.next != first.Packet.TCP.Seq+uint32(first.Packet.Payload) {
		return nil
	}
	known := map[string]bool{s.points[d.point].Node: true}
	for i := range t.Sightings {
		if o := &t.Sightings[i]; o.Order < d.order {
			known[s.points[o.Point].Node] = true
		}
	}
	for i := range t.Sightings {
		if o := &t.Sightings[i]; o.Order > d.order && !known[s.points[o.Point].Node] {
			return nil
		}
	}
	return d.segments
}

// sent is a track's place among the tracks of its stream.
type sent struct {
	in            *stream
	before, after *track
}

func (s *stream) push(t *track) {
	t.Client.sent = sent{in: s, before: s.newest}
	if s.newest != nil {
		s.newest.Client.sent.after = t
	}
	s.newest = t
}

// remove takes a track out of its stream.
func (o *sent) remove(t *track) {
	s := o.in
	if s == nil {
		return
	}
	if s.divided == t {
		s.divided = nil
	}
	if o.after != nil {
		o.after.Client.sent.before = o.before
	} else {
		s.newest = o.before
	}
	if o.before != nil {
		o.before.Client.sent.after = o.after
	}
	*o = sent{}
}
