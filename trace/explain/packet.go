package explain

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tracer/trace"
)

// packet names a packet that decided something.
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

// Ambiguous says which other packets a sighting may be.
func (l Language) Ambiguous(ids []int) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = l.packet(id)
	}
	return l.Format(ambiguous, strings.Join(names, ", "))
}

// Receiver names the node that a packet got to, or says that it was for all; it is
// empty where the packet was lost.
func (l Language) Receiver(j *trace.Journey) string {
	switch {
	case j.Outcome.Lost():
		return ""
	case j.Hops[0].Packet.ToMany():
		return l.Format(toAll)
	}
	return j.Outcome.Node
}

// HopOf says which hop of which packet a frame is.
func (l Language) HopOf(j *trace.Journey, hop int) string {
	direction := LabelOriginal
	if j.Direction == trace.Reply {
		direction = LabelReply
	}
	return l.Format(hopOf, hop+1, len(j.Hops), l.packet(j.ID), j.Summary, l.Format(direction))
}

// Since is the time since a packet was first seen.
func (a *Account) Since(j *trace.Journey, h *trace.Hop) string {
	switch d := h.Time.Sub(j.Hops[0].Time); {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("+%d %s", d.Microseconds(), a.Micro)
	case d < 10*time.Second:
		return fmt.Sprintf("+%d ms", d.Milliseconds())
	default:
		return fmt.Sprintf("+%d s", int(d.Seconds()))
	}
}
