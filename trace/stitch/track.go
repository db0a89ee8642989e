package stitch

import (
	"time"

	"tracer/trace"
	"tracer/trace/join"
	"tracer/trace/survey"
)

// track is a packet's sightings, with its place in a conversation and in a list.
type track = join.Track[membership]

// membership is what a [Stitcher] keeps with each track.
type membership struct {
	of        *Conversation
	direction trace.FlowDirection
	repeated  bool // at some point, it carries only what earlier packets carried
	segment   bool // it is a part of a packet that was captured whole
	alike     bool // an equal packet was in transit, so where this one was missing is unknown

	divided *division // what is known about its segments, or nil
	sent    sent

	in             *trackList
	closed         time.Time // by the time of sightings
	older, younger *track
}

// quotes reports whether a track's packet is an ICMP error about another packet of its
// conversation. Its own ends are not those of the conversation.
func quotes(t *track) bool {
	return t.Sightings[0].Packet.ICMP.Quoted != nil && t.Client.of.First != t.ID
}

// Track is what a [Stitcher] knows about one packet. It is valid until the function that
// received it returns; a journey made from it stays valid. It is a [survey.Track].
type Track struct {
	s *Stitcher
	t *track
}

// ID returns the packet's number, which is also its journey's.
func (w *Track) ID() int { return w.t.ID }

// Of returns the conversation that the packet belongs to.
func (w *Track) Of() *Conversation { return w.t.Client.of }

// Conversation returns the survey's part of the conversation.
func (w *Track) Conversation() *survey.Conversation { return &w.t.Client.of.Conversation }

// Direction returns the packet's direction within its conversation.
func (w *Track) Direction() trace.FlowDirection { return w.t.Client.direction }

// Quotes reports whether the packet is an ICMP error about another packet of its
// conversation.
func (w *Track) Quotes() bool { return quotes(w.t) }

// Repeated reports whether the packet carries only what earlier packets carried past the
// same point: it is a retransmission.
func (w *Track) Repeated() bool { return w.t.Client.repeated }

// Carried reports whether other packets, such as its segments, carried its bytes past a point
// where it was not seen.
func (w *Track) Carried(point int) bool {
	return w.t.Client.of.streams[w.t.Client.direction-1].passed(w.Packet(0), point)
}

// Ambiguous reports whether a sighting may belong to another packet.
func (w *Track) Ambiguous() bool { return w.t.Ambiguous() }

// Alike reports whether an equal packet was in transit at the same time.
func (w *Track) Alike() bool { return w.t.Client.alike }

// Points returns the number of points.
func (w *Track) Points() int { return len(w.s.points) }

// Path returns the number of sightings on the packet's path. Later ones are of copies.
func (w *Track) Path() int { return w.s.lineage.path }

// Len returns the number of sightings.
func (w *Track) Len() int { return len(w.t.Sightings) }

// At returns the point and the time of a sighting.
func (w *Track) At(i int) (point int, t time.Time) {
	o := &w.t.Sightings[i]
	return o.Point, o.Time
}

// Packet returns the packet's headers at a sighting.
func (w *Track) Packet(i int) *trace.Headers { return &w.t.Sightings[i].Packet.Headers }

// Journey returns the packet's journey. Its outcome only names its segments, or the last node.
func (w *Track) Journey() trace.Journey {
	j := trace.Journey{
		ID: w.t.ID, Flow: w.t.Client.of.ID, Direction: w.Direction(), Summary: w.Packet(0).Summary(),
		Hops: make([]trace.Hop, 0, w.Len()),
	}
	for i := range w.t.Sightings {
		o := &w.t.Sightings[i]
		at := w.s.points[o.Point]
		h := trace.Hop{
			Node: at.Node, Interface: at.Interface, Direction: o.Direction, Time: o.Time, Frame: o.Frame,
			Packet: o.Packet.Headers, Evidence: trace.EvidenceFrames, Ambiguous: o.Rivals, Copy: i >= w.Path(), Unordered: o.Unordered,
		}
		if from := w.s.lineage.parents[i]; from >= 0 {
			h.Identity = trace.IdentityHeaders
			h.Changes = trace.Differences(w.Packet(from), w.Packet(i), w.link(from))
			for k := range h.Changes {
				h.Changes[k].Cause = trace.Cause{Kind: trace.CauseInferred}
				if !o.Unordered && !w.aside(i, from) {
					h.Changes[k].Cause = w.infer(h.Changes[k].Field)
				}
			}
		}
		j.Hops = append(j.Hops, h)
	}
	last := &j.Hops[w.Path()-1]
	j.Outcome = trace.Outcome{Kind: trace.OutcomeLeft, Node: last.Node}
	if segments := w.s.segments(w.t); segments != nil {
		j.Outcome = trace.Outcome{Kind: trace.OutcomeSegmented, Segments: segments}
	}
	return j
}

// aside reports whether a copy may have left the packet's path before a translation that no capture
// shows: what it seems to follow from was not translated any more. Then it shows no translation.
func (w *Track) aside(i, from int) bool {
	return i >= w.Path() && w.Packet(from).Ends() == w.Packet(w.Path()-1).Ends()
}

// link returns the last link header that was captured of the packet, up to a sighting.
func (w *Track) link(at int) *trace.Headers {
	for at >= 0 && !w.Packet(at).HasMAC {
		at = w.s.lineage.parents[at]
	}
	if at < 0 {
		return nil
	}
	return w.Packet(at)
}

// infer returns what must have changed an address, if that can be inferred: in packets
// from the end that opened the conversation, only DNAT changes the destination, and only
// SNAT the source. In replies, it is the reverse.
func (w *Track) infer(f trace.Field) trace.Cause {
	c := trace.Cause{Kind: trace.CauseInferred}
	if !w.t.Client.of.Began {
		return c
	}
	reply := w.Direction() == trace.Reply
	switch f {
	case trace.FieldICMPID: // it stands for the source port
		c.Translation = trace.SNAT
	case trace.FieldDestination, trace.FieldSource:
		c.Translation = trace.SNAT
		if (f == trace.FieldDestination) != reply {
			c.Translation = trace.DNAT
		}
	default:
		return c
	}
	c.Reverse, c.Origin.Journey = reply, w.t.Client.of.First
	return c
}

// trackList is a list of tracks, in the order in which they were added.
type trackList struct {
	oldest, newest *track
	count          int
}

func (l *trackList) push(t *track) {
	t.Client.in, t.Client.older = l, l.newest
	if l.newest != nil {
		l.newest.Client.younger = t
	} else {
		l.oldest = t
	}
	l.newest = t
	l.count++
}

func (l *trackList) remove(t *track) {
	c := &t.Client
	if c.older != nil {
		c.older.Client.younger = c.younger
	} else {
		l.oldest = c.younger
	}
	if c.younger != nil {
		c.younger.Client.older = c.older
	} else {
		l.newest = c.older
	}
	c.in, c.older, c.younger = nil, nil, nil
	l.count--
}
