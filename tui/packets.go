package tui

import (
	"fmt"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/outline"
	"tracer/tui/internal/canvas"
)

// packets lists the packets by request, each with its number, direction, summary, the time
// since the one before, and its fate.
func (m *model) packets(a canvas.Area) (from int) {
	rows := m.rows()
	current := m.currentRow(rows)
	from = min(keepInView(lastBeside(rows, current), len(rows), a.H), current)
	widest, brief := 0, false
	for i := range rows[from:min(len(rows), from+a.H)] {
		if r := &rows[from+i]; r.Listed() {
			widest = max(widest, len(sign(m.listed(r.From))))
		} else if r.Kind == outline.Request {
			brief = brief || canvas.Width(m.heading(r, false)) > a.W
		}
	}
	for y := range min(a.H, len(rows)-from) {
		r := &rows[from+y]
		line := a.Sub(0, y, a.W, 1)
		switch r.Kind {
		case outline.Request:
			line.Text(0, 0, canvas.Cut(m.heading(r, brief), line.W, line.Dots()), m.title)
		case outline.Nothing:
			line.Text(2, 0, canvas.Cut(m.language.Format(explain.LabelNoPacket), line.W-2, line.Dots()), m.dim)
		case outline.Answer:
			text := m.scene.account.Answered(m.trace().Answers[r.Request-1])
			line.Text(2, 0, canvas.Cut(text, line.W-2, line.Dots()), m.plain)
		case outline.Run:
			m.runRow(line, r, widest, from+y == current)
		default:
			m.packetRow(line, r, widest, from+y == current)
		}
	}
	m.view.rows = rows
	return from
}

// heading returns the heading of a request, or its form for a narrow column.
func (m *model) heading(r *outline.Row, brief bool) string {
	about := m.trace().Answers[r.Request-1]
	switch {
	case r.Again:
		return m.language.Format(explain.LabelContinued, r.Request)
	case brief:
		return m.scene.account.RequestBrief(r.Request, about)
	}
	return m.scene.account.Request(r.Request, about)
}

// packetRow draws one packet.
func (m *model) packetRow(line canvas.Area, r *outline.Row, widest int, chosen bool) {
	j := m.listed(r.From)
	mark, style := m.chosenMark(chosen)
	marks, marked := m.marks(j)
	x := line.Text(0, 0, mark+" "+fmt.Sprintf("%*s ", widest, sign(j)), style)
	arrow, direction := m.right, m.original
	if j.Direction == trace.Reply {
		arrow, direction = m.left, m.reply
	}
	x = line.Text(x, 0, arrow+" ", direction)
	end := line.Text(line.W-1, 0, marks, marked) - 2
	summary := j.Summary
	if of := m.list.Repeats[j.ID]; of != 0 {
		summary += " " + m.resent + "#" + fmt.Sprint(of)
	}
	if since := m.since(r.From); since != "" && x+canvas.Width(summary)+1+sinceWidth <= end {
		line.Text(end-canvas.Width(since), 0, since, m.dim)
		end -= sinceWidth + 1
	}
	line.Text(x, 0, canvas.Cut(m.about(j, summary, end-x), end-x, line.Dots()), style)
}

// sinceWidth is the width of the column of times.
const sinceWidth = 8

// since returns the time between a packet and the one listed before it.
func (m *model) since(i int) string {
	if i == 0 || len(m.listed(i).Hops) == 0 || len(m.listed(i-1).Hops) == 0 {
		return ""
	}
	if d := m.listed(i).Time().Sub(m.listed(i - 1).Time()); d >= 0 {
		return m.scene.account.Elapsed(d)
	}
	return ""
}

// runRow draws several packets that show nothing new.
func (m *model) runRow(line canvas.Area, r *outline.Row, widest int, chosen bool) {
	mark, style := m.chosenMark(chosen)
	x := line.Text(0, 0, mark+" "+fmt.Sprintf("%*s", widest, sign(m.listed(r.From)))+m.dash+sign(m.listed(r.To))+"  ", style)
	for _, l := range []explain.Message{explain.LabelRun, explain.LabelRunBrief} {
		if text := m.language.Format(l, r.To-r.From+1); x+canvas.Width(text) <= line.W || l == explain.LabelRunBrief {
			if !chosen {
				style = m.dim
			}
			line.Text(x, 0, text, style)
			return
		}
	}
}

func (m *model) chosenMark(chosen bool) (string, canvas.Style) {
	if chosen {
		return m.here, m.chosen
	}
	return " ", m.plain
}

// about returns a packet's summary and, if there is room, its nodes.
func (m *model) about(j *trace.Journey, summary string, room int) string {
	if len(j.Hops) == 0 {
		return summary
	}
	to := m.language.Receiver(j)
	switch {
	case j.Outcome.Kind == 0:
		to = ""
	case to == "":
		to = m.lost
	}
	between := j.Hops[0].Node + " " + m.Arrow + " " + to
	if gap := room - canvas.Width(summary) - canvas.Width(between); gap >= 2 {
		return pad(summary, max(room-canvas.Width(between)-1, canvas.Width(summary)+2)) + between
	}
	return summary
}

// marks returns the signs of a packet's fate: rewritten, dropped, lost.
func (m *model) marks(j *trace.Journey) (string, canvas.Style) {
	switch j.Outcome.Kind {
	case trace.OutcomeDropped:
		return m.dead, m.bad
	case trace.OutcomeUnseen:
		return m.lost, m.bad
	}
	for s := range len(j.Hops) + 1 {
		if _, changes := happened(j, s); rewrites(changes) > 0 {
			return m.pencil, m.changed
		}
	}
	return " ", m.plain
}
