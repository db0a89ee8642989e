package tui

import (
	"fmt"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/tui/internal/canvas"
)

// packets lists the packets, each with its number, direction, summary and fate.
func (m *model) packets(a canvas.Area) (from int) {
	n := m.list.len()
	from = keepInView(m.at.packet, n, a.H)
	for y := range min(a.H, n-from) {
		j := m.list.at(from + y)
		row := a.Sub(0, y, a.W, 1)
		chosen := from+y == m.at.packet
		mark, style := " ", m.plain
		if chosen {
			mark, style = m.here, m.chosen
		}
		marks, marked := m.marks(j)
		room := row.W - canvas.Width(marks) - 1
		x := row.Text(0, 0, mark+" "+fmt.Sprintf("%*s ", m.list.widest, sign(j)), style)
		arrow, direction := m.right, m.original
		if j.Direction == trace.Reply {
			arrow, direction = m.left, m.reply
		}
		x = row.Text(x, 0, arrow+" ", direction)
		row.Text(x, 0, canvas.Cut(m.about(j, room-x), room-x, row.Dots()), style)
		row.Text(row.W-canvas.Width(marks), 0, marks, marked)
	}
	return from
}

// about returns a packet's summary and, if there is room, its nodes.
func (m *model) about(j *trace.Journey, room int) string {
	if len(j.Hops) == 0 {
		return j.Summary
	}
	to := m.language.Receiver(j)
	if to == "" {
		to = m.lost
	}
	between := j.Hops[0].Node + " " + m.Arrow + " " + to
	if gap := room - canvas.Width(j.Summary) - canvas.Width(between); gap >= 2 {
		return pad(j.Summary, max(room-canvas.Width(between)-1, canvas.Width(j.Summary)+2)) + between
	}
	return j.Summary
}

// marks returns the signs of a packet's fate: rewritten, dropped, lost.
func (m *model) marks(j *trace.Journey) (string, canvas.Style) {
	switch j.Outcome.Kind {
	case trace.OutcomeDropped:
		return m.dead, m.bad
	case trace.OutcomeUnseen:
		return m.lost, m.bad
	}
	for s := range explain.Stops(j) {
		if eventful(j, s) {
			return m.pencil, m.changed
		}
	}
	return " ", m.plain
}
