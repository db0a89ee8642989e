package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tracer/trace"
)

// packet names a packet, which may have come before the trace (0).
func (l Language) packet(id int) string {
	if id == 0 {
		return l.Format(earlierPacket)
	}
	return l.Number(id)
}

// Number names a packet: "#3", or "background 1".
func (l Language) Number(id int) string {
	if id < 0 {
		return l.Format(background, -id)
	}
	return "#" + strconv.Itoa(id)
}

// Ambiguous names the other packets that a sighting may belong to.
func (a *Account) Ambiguous(h *trace.Hop) string {
	m, names := ambiguousEqual, make([]string, len(h.Ambiguous))
	for i, id := range h.Ambiguous {
		names[i] = a.packet(id)
		if id == 0 {
			names[i] = a.Format(laterPacket)
		}
		if !hasEnds(a.journey(id), h) {
			m = ambiguous
		}
	}
	return a.Format(m, strings.Join(names, ", "))
}

// hasEnds reports whether a packet, which may be nil, was seen at the same place as another
// one, with the same addresses and ports.
func hasEnds(j *trace.Journey, at *trace.Hop) bool {
	return j != nil && slices.ContainsFunc(j.Hops, func(h trace.Hop) bool {
		return h.Place() == at.Place() && h.Direction == at.Direction && h.Packet.Ends() == at.Packet.Ends()
	})
}

// Receiver names the node that received a packet, or says that it was for all. It returns
// "" if the packet was lost.
func (l Language) Receiver(j *trace.Journey) string {
	switch {
	case j.Outcome.Lost() || len(j.Hops) == 0:
		return ""
	case j.Outcome.Kind == trace.OutcomeSegmented:
		return l.Format(toSegments)
	case j.Hops[0].Packet.ToMany():
		return l.Format(toAll)
	}
	return j.Outcome.Node
}

// Fragments says how many fragments a packet was in at a hop, or returns "" if it was whole.
func (l Language) Fragments(h *trace.Hop) string {
	if len(h.Fragments) == 0 {
		return ""
	}
	return l.Format(inFragments, len(h.Frames()))
}

// HopOf says to which packet and hop a frame belongs.
func (l Language) HopOf(j *trace.Journey, hop int) string {
	direction := LabelOriginal
	if j.Direction == trace.Reply {
		direction = LabelReply
	}
	return l.Format(hopOf, hop+1, len(j.Hops), l.packet(j.ID), j.Summary, l.Format(direction))
}

// Since returns the time between a packet's first hop and a later one.
func (a *Account) Since(j *trace.Journey, h *trace.Hop) string {
	return a.Elapsed(h.Time.Sub(j.Hops[0].Time))
}

// Elapsed returns a time between two events.
func (a *Account) Elapsed(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("+%d %s", d.Microseconds(), a.Micro)
	case d < 10*time.Second:
		return fmt.Sprintf("+%d ms", d.Milliseconds())
	default:
		return fmt.Sprintf("+%d s", int(d.Seconds()))
	}
}
