package survey

import (
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// arrivals determines which packets of one direction provably arrived. Captures do not show
// arrival itself, but later packets presuppose it:
//
//	TCP segment    an acknowledgement of its last byte (RFC 9293, 3.4)
//	echo request   the reply with its sequence number (RFC 792, RFC 4443)
//	datagram       anything that the other end sends afterwards, if it ever sends
//	any of them    an ICMP error, which a node sends in answer
type arrivals struct {
	answered time.Time   // when the other end last sent something
	open     []departure // TCP segments and echo requests not proven to have arrived, oldest first
}

// departure is a packet when it was first seen.
type departure struct {
	id       int
	from, to uint32 // of TCP: its sequence numbers; of an echo request: its number
	point    int
	again    bool // its bytes were retransmitted before anything proved that they had arrived
}

// maxOpen is the number of packets of one direction whose arrival is watched. That of older
// ones counts as unknown.
const maxOpen = 1 << 5

// Sent records a packet of the conversation. Packets must come in the order in which they
// were first seen; point is where.
func (c *Conversation) Sent(d trace.FlowDirection, id int, p *trace.Headers, point int, at time.Time) {
	there, back := &c.arrivals[d-1], &c.arrivals[d.Opposite()-1]
	back.answered = at
	switch {
	case p.ICMP.Quoted != nil:
		back.open = nil
	case p.Headless():
	case p.Protocol == layers.IPProtocolTCP:
		back.acknowledged(p)
		there.segment(id, p, point)
	case p.IsEcho():
		if p.AsksEcho() {
			there.depart(departure{id: id, from: uint32(p.ICMP.Seq), to: uint32(p.ICMP.Seq), point: point})
		} else {
			back.arrived(func(o *departure) bool { return o.to == uint32(p.ICMP.Seq) })
		}
	}
}

// acknowledged processes the acknowledgement in a segment from the other end. If bytes were
// sent twice, it does not show which of the two arrived.
func (a *arrivals) acknowledged(p *trace.Headers) {
	if p.TCP.Flags&(trace.ACK|trace.RST) != 0 && len(a.open) > 0 {
		reset := p.TCP.Flags&(trace.ACK|trace.RST) == trace.RST
		a.arrived(func(o *departure) bool { return !o.again && (reset || int32(p.TCP.Ack-o.to) >= 0) })
	}
}

// segment processes a segment. If some of its bytes were sent before, at the same point, it
// is a retransmission. Otherwise, those bytes had got further in other segments.
func (a *arrivals) segment(id int, p *trace.Headers, point int) {
	length := p.SequenceLength()
	if length == 0 || p.TCP.Flags&trace.RST != 0 {
		return
	}
	from, to := p.TCP.Seq, p.TCP.Seq+length
	overlaps := func(o *departure) bool { return int32(to-o.from) > 0 && int32(o.to-from) > 0 }
	a.arrived(func(o *departure) bool { return o.point != point && overlaps(o) })
	for i := range a.open {
		if o := &a.open[i]; overlaps(o) {
			o.again = true
		}
	}
	a.depart(departure{id: id, from: from, to: to, point: point})
}

func (a *arrivals) depart(o departure) {
	if len(a.open) >= maxOpen {
		a.open = a.open[:copy(a.open, a.open[1:])]
	}
	a.open = append(a.open, o)
}

// arrived forgets the packets that are proven to have arrived.
func (a *arrivals) arrived(proven func(*departure) bool) {
	kept := a.open[:0]
	for i := range a.open {
		if !proven(&a.open[i]) {
			kept = append(kept, a.open[i])
		}
	}
	a.open = kept
}

// answer is what is known about a packet's arrival.
type answer uint8

const (
	proven  answer = iota // or unknowable
	pending               // a TCP segment was neither acknowledged nor retransmitted
	silence               // the other end has not answered
	again                 // a TCP segment was retransmitted, unacknowledged
)

// answer returns what is known about the arrival of a packet that was first seen at a given
// time.
func (c *Conversation) answer(d trace.FlowDirection, id int, p protocol, first time.Time) answer {
	a := &c.arrivals[d-1]
	switch p {
	case unproven:
		return proven
	case datagram: // without any answer, silence means nothing
		if a.answered.IsZero() || !a.answered.Before(first) {
			return proven
		}
		return silence
	}
	for i := range a.open {
		switch o := &a.open[i]; {
		case o.id != id:
		case o.again:
			return again
		case p == echo:
			return silence
		default:
			return pending
		}
	}
	return proven
}

// protocol distinguishes packets by what proves their arrival.
type protocol uint8

const (
	unproven protocol = iota // nothing ever proves it
	stream
	echo
	datagram
)

func protocolOf(p *trace.Headers) protocol {
	switch {
	case p.ToMany() || p.Headless() || p.ICMP.Quoted != nil:
	case divisible(p):
	case p.Protocol == layers.IPProtocolTCP && p.SequenceLength() > 0 && p.TCP.Flags&trace.RST == 0:
		return stream
	case p.AsksEcho():
		return echo
	case p.Protocol == layers.IPProtocolUDP:
		return datagram
	}
	return unproven
}

// The lengths in bytes up to which packets are hardly ever fragmented: of IPv4 (RFC 791, 3.1),
// and of IPv6 (RFC 8200, 5).
const small, small6 = 576, 1280

// divisible reports whether a packet may be in fragments elsewhere: a router may fragment it, or
// a node with connection tracking may have put it together. Of IPv6, only the source fragments,
// and not TCP segments.
func divisible(p *trace.Headers) bool {
	switch {
	case p.IsFragment():
		return true
	case p.Src.Addr().Is6():
		return p.Protocol != layers.IPProtocolTCP && p.Length > small6
	}
	return p.MayBeFragmented() && p.Length > small
}
