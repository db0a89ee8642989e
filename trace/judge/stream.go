package judge

import (
	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// streams tells TCP connections apart by their sequence numbers, which no NAT changes.
type streams struct {
	list []*stream
}

// stream is one TCP connection.
type stream struct {
	number         int
	client, server uint32 // initial sequence numbers
	answered       bool
}

// span exceeds the bytes sent by any connection of a generated network.
const span = 1 << 22

func newStreams() *streams { return &streams{} }

// add learns connections from their first packets.
func (s *streams) add(f *Sighting) {
	if f.Protocol != layers.IPProtocolTCP || f.Offset > 0 || f.Flags&uint8(trace.SYN) == 0 {
		return
	}
	if f.Flags&uint8(trace.ACK) == 0 {
		for _, c := range s.list {
			if c.client == f.Seq {
				return
			}
		}
		s.list = append(s.list, &stream{number: len(s.list) + 1, client: f.Seq})
		return
	}
	for _, c := range s.list {
		if c.client == f.Ack-1 && !c.answered {
			c.server, c.answered = f.Seq, true
		}
	}
}

// of returns the connection that a segment belongs to, or nil, and its direction. The initial
// sequence numbers of connections between the same ends may be close to each other; then it is the one
// that began last.
func (s *streams) of(f *Sighting) (of *stream, direction trace.FlowDirection) {
	if f.Protocol != layers.IPProtocolTCP || f.Offset > 0 {
		return nil, 0
	}
	acks, syn := f.Flags&uint8(trace.ACK) != 0, f.Flags&uint8(trace.SYN) != 0
	nearest := uint32(2 * span)
	for _, c := range s.list {
		switch {
		case syn && !acks:
			if c.client == f.Seq {
				return c, trace.Original
			}
		case syn:
			if c.client == f.Ack-1 {
				return c, trace.Reply
			}
		default:
			if d, away := c.direction(f, acks); d != 0 && away < nearest {
				of, direction, nearest = c, d, away
			}
		}
	}
	return of, direction
}

// direction returns the direction of a segment after the first two, or 0, and how many bytes
// the connection has carried up to there.
func (c *stream) direction(f *Sighting, acks bool) (d trace.FlowDirection, carried uint32) {
	fromClient, toClient := f.Seq-c.client, f.Ack-c.client
	fromServer, toServer := uint32(span), uint32(span)
	if c.answered {
		fromServer, toServer = f.Seq-c.server, f.Ack-c.server
	}
	switch {
	case acks && fromClient < span && toServer < span:
		return trace.Original, fromClient + toServer
	case !acks && fromClient < span:
		return trace.Original, fromClient
	case acks && toClient < span && fromServer < span:
		return trace.Reply, toClient + fromServer
	case acks && toClient < span && f.Seq == 0:
		return trace.Reply, toClient
	case !acks && fromServer < span:
		return trace.Reply, fromServer
	}
	return 0, 0
}

// flows checks that a flow has the packets of one connection, and their directions.
func (j *judging) flows() {
	type owner struct {
		c *stream
		p *trace.Journey
	}
	flows, numbers, syns := map[int]owner{}, map[*stream]owner{}, j.syns()
	for i := range j.trace.Journeys {
		p := &j.trace.Journeys[i]
		s := j.sighting(p, 0)
		if s == nil || ambiguous(p) {
			continue
		}
		if s.Tagged && (s.Protocol == layers.IPProtocolUDP || s.Quote == nil && s.icmp()) && s.Offset == 0 {
			// An answer may come from another address, and so begin a flow of its own.
			if answer := s.Tag.Answer || s.replies(); !answer {
				j.direction(p, false)
			}
		}
		c, d := j.streams.of(s)
		if c == nil || j.challenged(p, c, syns) {
			continue
		}
		j.direction(p, d == trace.Reply)
		if o, known := flows[p.Flow]; known && o.c != c {
			j.wrong(WrongFlow, "%s is in flow %d, as is %s of another connection", j.name(p), p.Flow, j.name(o.p))
		}
		switch o, known := numbers[c]; {
		case !known, j.separated(o.p, p):
			numbers[c] = owner{c, p}
		case o.p.Flow != p.Flow:
			j.wrong(WrongFlow, "%s is in flow %d, but %s of the same connection in %d", j.name(p), p.Flow, j.name(o.p), o.p.Flow)
		}
		if _, known := flows[p.Flow]; !known {
			flows[p.Flow] = owner{c, p}
		}
	}
}

// separated reports whether the trace admits that it may have made two journeys, and so two flows,
// of one packet.
func (j *judging) separated(p, next *trace.Journey) bool {
	if !j.blind() || p.Flow == next.Flow || !unnumbered(p, next) {
		return false
	}
	j.Unknown["flows of packets without identification"]++
	return true
}

// challenged reports whether a segment is part of an exchange between two connections: a
// server that still has the old connection answers a SYN with the same ends with an ACK of the
// old one, and the client resets it (RFC 5961, section 4.2). conntrack assigns both segments to
// the new connection.
func (j *judging) challenged(p *trace.Journey, c *stream, syns []*Sighting) bool {
	for i := range p.Hops {
		s := j.sighting(p, i)
		if s == nil || s.Flags&uint8(trace.SYN|trace.FIN) != 0 {
			continue
		}
		for _, syn := range syns {
			if syn.At.Node != s.At.Node || !syn.Time.Before(s.Time) || syn.Src != s.Dst && syn.Src != s.Src || syn.Dst != s.Src && syn.Dst != s.Dst {
				continue
			}
			if other, _ := j.streams.of(syn); other != c {
				return true
			}
		}
	}
	return false
}

// syns returns the sightings of segments that open connections.
func (j *judging) syns() (list []*Sighting) {
	for i := range j.Sightings {
		s := &j.Sightings[i]
		if s.Protocol == layers.IPProtocolTCP && s.Offset == 0 && s.Flags&uint8(trace.SYN|trace.ACK) == uint8(trace.SYN) {
			list = append(list, s)
		}
	}
	return list
}

// direction checks a journey's direction.
func (j *judging) direction(p *trace.Journey, reply bool) {
	truth := trace.Original
	if reply {
		truth = trace.Reply
	}
	if p.Direction != truth {
		j.wrong(WrongFlow, "%s is said to be in direction %s, but is in direction %s", j.name(p), p.Direction, truth)
	}
}
