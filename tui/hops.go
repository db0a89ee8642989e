package tui

import (
	"fmt"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/tui/internal/canvas"
)

// hops lists the stops of the packet: where and when it was seen, and what had changed.
func (m *model) hops(a canvas.Area) (from int) {
	j := m.packet()
	n := len(j.Hops)
	if j.Outcome.Kind != 0 || m.between() { // its end, or where it is
		n++
	}
	from = keepInView(m.at.stop, n, a.H)
	places := 0
	for i := range j.Hops {
		places = max(places, canvas.Width(j.Hops[i].Place()))
	}
	places = min(places, a.W/2)
	for y := range min(a.H, n-from) {
		i := from + y
		row := a.Sub(0, y, a.W, 1)
		sign, style := " ", m.plain
		if i == m.at.stop {
			sign, style = m.here, m.chosen
		}
		if i == len(j.Hops) {
			m.outcomeRow(row, j, i == m.at.stop)
			continue
		}
		h := &j.Hops[i]
		x := row.Text(0, 0, fmt.Sprintf("%s%2d ", sign, i+1), style)
		x = row.Text(x, 0, pad(canvas.Cut(h.Place(), places, row.Dots()), places), style)
		direction := h.Direction.String()
		if h.Direction == 0 {
			direction = ""
		}
		x = row.Text(x, 0, fmt.Sprintf(" %-3s ", direction), style)
		x = row.Text(x, 0, fmt.Sprintf("%9s  ", m.scene.account.Since(j, h)), m.dim)
		if row.W-x >= canvas.Width(h.Packet.Source()+h.Packet.Destination())+7 {
			m.lesser(row, m.address(row, x, h), h)
		} else {
			m.lesser(row, m.changedFields(row, x, h), h)
		}
	}
	return from
}

// address draws the packet's source and destination, with changes marked.
func (m *model) address(row canvas.Area, x int, h *trace.Hop) int {
	draw := func(f trace.Field, s string) {
		style := m.plain
		for i := range h.Changes {
			if h.Changes[i].Field == f {
				style = m.changed
				x = row.Text(x, 0, m.pencil, style)
			}
		}
		x = row.Text(x, 0, s, style)
	}
	draw(trace.FieldSource, h.Packet.Source())
	x = row.Text(x, 0, " "+m.Arrow+" ", m.dim)
	draw(trace.FieldDestination, h.Packet.Destination())
	return row.Text(x, 0, "  ", m.plain)
}

// changedFields names the addresses, ports and ICMP ids that changed on the way to a hop.
func (m *model) changedFields(row canvas.Area, x int, h *trace.Hop) int {
	var names []string
	for i := range h.Changes {
		if f := h.Changes[i].Field; f.Translated() {
			names = append(names, f.String())
		}
	}
	if len(names) > 0 {
		x = row.Text(x, 0, m.pencil+" "+strings.Join(names, " ")+"  ", m.changed)
	}
	return x
}

// lesser says whether the packet was in fragments, and names other changed fields if there is
// room.
func (m *model) lesser(row canvas.Area, x int, h *trace.Hop) {
	if in := m.language.Fragments(h); in != "" && x+canvas.Width(in)+2 <= row.W {
		x = row.Text(x, 0, in+"  ", m.dim)
	}
	for i := range h.Changes {
		what := ""
		switch c := &h.Changes[i]; c.Field {
		case trace.FieldSource, trace.FieldDestination, trace.FieldDestinationMAC:
		case trace.FieldTTL:
			what = fmt.Sprintf("%s %d ", explain.TTLName(&h.Packet), h.Packet.TTL)
		case trace.FieldSourceMAC:
			what = "mac "
		case trace.FieldICMPID:
			what = m.pencil + fmt.Sprintf("id %d ", h.Packet.ICMP.ID)
		default:
			what = c.Field.String() + " " + c.To.String() + " "
		}
		if x+canvas.Width(what) > row.W {
			break
		}
		x = row.Text(x, 0, what, m.dim)
	}
	if len(h.Ambiguous) > 0 {
		row.Text(x, 0, m.lost+" "+m.scene.account.Ambiguous(h), m.bad)
	}
}

// outcomeRow draws the last row of the hops: how the packet ended.
func (m *model) outcomeRow(row canvas.Area, j *trace.Journey, chosen bool) {
	sign, style := m.endSign(j), m.bad
	if !j.Outcome.Lost() {
		sign = " "
		if j.Outcome.Reason != trace.ReasonNoListener {
			style = m.good
		}
	}
	mark := " "
	if chosen {
		mark, style = m.here, m.chosen
	}
	said := m.language.Outcome(j)
	if o := &j.Outcome; o.Kind == 0 {
		sign, style, said = " ", m.chosen, m.language.Format(explain.LabelInside, o.Node)
	}
	row.Text(0, 0, canvas.Cut(mark+" "+sign+" "+said, row.W, row.Dots()), style)
}

// keepInView returns the first row of a list to show, so that the given row is in view with
// some before and after it.
func keepInView(row, rows, room int) int {
	if rows <= room {
		return 0
	}
	return min(max(0, row-room/2), rows-room)
}

func pad(s string, cells int) string {
	return s + strings.Repeat(" ", max(0, cells-canvas.Width(s)))
}

// position says which packet and hop is shown, and how many there are. Background packets
// are counted separately.
func (m *model) position() string {
	j := m.packet()
	n, of, label := m.list.count[m.at.packet], m.list.traffic, explain.LabelPosition
	if j.Background() {
		of, label = m.list.background, explain.LabelBackgroundPosition
	}
	at, hops := m.at.stop+1, len(j.Hops)
	if m.scene.trace.Ongoing {
		return m.reached(at)
	}
	switch {
	case at > hops:
		return fmt.Sprintf("%d/%d  %s", n, of, m.language.Format(explain.LabelEnd))
	case m.layout.tabs:
		label = explain.LabelShortPosition
	}
	return m.language.Format(label, n, of, at, hops)
}

// reached is like position, without the number of packets and hops to come.
func (m *model) reached(stop int) string {
	n := sign(m.packet())
	switch {
	case m.packet().Outcome.Kind != 0:
		return n + ", " + m.language.Format(explain.LabelEnd)
	case m.between():
		return n + ", " + m.language.Format(explain.LabelInside, m.scene.now.Outcome.Node)
	}
	return n + ", " + m.language.Format(explain.LabelHop, stop)
}
