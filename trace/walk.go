package trace

import "time"

// Walk is what a [Stitcher] found out about one packet. It is good until the
// function that it was given to returns; a [Journey] made of it stays.
type Walk struct {
	s *Stitcher
	w *walk
}

// ID is the number of the packet, as of a [Journey].
func (w Walk) ID() int { return w.w.id }

// Conversation is what the packet belongs to.
func (w Walk) Conversation() *Conversation { return w.w.of }

// Direction is the packet's within its conversation.
func (w Walk) Direction() FlowDirection { return w.w.direction }

// Quotes reports whether the packet is an ICMP error about another one of its
// conversation.
func (w Walk) Quotes() bool { return w.w.quotes() }

// Repeated reports whether the packet carries only what packets before it have
// carried: it is a retransmission.
func (w Walk) Repeated() bool { return w.w.repeated }

// Ambiguous reports whether a sighting may be another packet's.
func (w Walk) Ambiguous() bool {
	for i := range w.w.sightings {
		if len(w.w.sightings[i].rivals) > 0 {
			return true
		}
	}
	return false
}

// Quiet reports whether nothing at all was captured at a point while the packet
// was under way, and since, or before.
func (w Walk) Quiet(point int) bool {
	return w.s.Quiet(point, w.w.sightings[0].time, w.w.last)
}

// Points is how many points there are.
func (w Walk) Points() int { return len(w.s.points) }

// Len is the number of sightings.
func (w Walk) Len() int { return len(w.w.sightings) }

// At returns a sighting: at which point, and when.
func (w Walk) At(i int) (point int, t time.Time) {
	o := &w.w.sightings[i]
	return o.point, o.time
}

// Packet returns the packet as it was at a sighting.
func (w Walk) Packet(i int) *Packet { return &w.w.sightings[i].packet }

// Journey returns the packet's journey. Of its outcome it is only known where it
// was last seen.
func (w Walk) Journey() Journey {
	j := Journey{
		ID: w.w.id, Flow: w.w.of.ID, Direction: w.w.direction, Summary: w.Packet(0).Summary(),
		Hops: make([]Hop, 0, w.Len()),
	}
	var link *Packet // where the link's header was last seen
	for i := range w.w.sightings {
		o := &w.w.sightings[i]
		at := w.s.points[o.point]
		h := Hop{
			Node: at.Node, Interface: at.Interface, Direction: o.direction, Time: o.time, Frame: o.frame,
			Packet: o.packet, Evidence: EvidenceFrames, Ambiguous: o.rivals,
		}
		if i > 0 {
			h.Changes = differences(w.Packet(i-1), &o.packet, link, w.deduce)
		}
		if o.packet.HasMAC {
			link = &o.packet
		}
		j.Hops = append(j.Hops, h)
	}
	last := &j.Hops[len(j.Hops)-1]
	j.Outcome = Outcome{Kind: OutcomeLeft, Node: last.Node}
	return j
}

// deduce says what must have changed an address, if that can be told: of packets
// from the end that asked, only DNAT changes the destination, and only SNAT the
// source. Replies go back the same way.
func (w Walk) deduce(c *Change) {
	c.Cause = Cause{Kind: CauseInferred}
	if !w.w.of.Began {
		return
	}
	forwards := w.w.direction == Original
	switch c.Field {
	case FieldDestination:
		c.Cause.Translation = natKind(forwards)
	case FieldSource:
		c.Cause.Translation = natKind(!forwards)
	case FieldICMPID: // it stands for the source's port
		c.Cause.Translation = natKind(false)
	default:
		return
	}
	c.Cause.Reverse = !forwards
	c.Cause.Established.Journey = w.w.of.First
}

// natKind is the translation of the destination of packets in the original
// direction, or of their source.
func natKind(destination bool) string {
	if destination {
		return "dnat"
	}
	return "snat"
}
