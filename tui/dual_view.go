package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/explain"
	"tracer/tui/internal/canvas"
)

// leastColumn is the width from which a column has room for a side. Two need a line between them.
const leastColumn = 59

// The heights of what is said below the sides, with a heading: in columns, and below one side.
const (
	besideHeight = 5
	belowHeight  = 7
)

// arrange lays out both sides. Each has a row for its name, in place of the walk's title, and
// needs none for the status.
func (p *dual) arrange() {
	p.columns = p.width >= 2*leastColumn+1
	w, said := p.width, belowHeight
	if p.columns {
		w, said = (p.width-1)/2, besideHeight
	}
	if p.height < panedHeight && !p.columns {
		said = besideHeight
	}
	for _, m := range p.sides {
		m.width, m.height = w, max(p.height-1-said, 0)
		m.arrange()
	}
}

// View draws the whole screen.
func (p *dual) View() tea.View {
	v := tea.NewView(p.draw())
	v.AltScreen = true
	return v
}

// draw returns the screen as text with escape sequences.
func (p *dual) draw() string {
	if p.width <= 0 || p.height <= 0 {
		return ""
	}
	c := canvas.New(p.width, p.height, p.options.ASCII)
	all := c.All()
	if p.width < leastWidth || p.height < leastHeight {
		for y, part := range canvas.Wrap(p.language.Format(explain.LabelTooSmall, p.width, p.height, leastWidth, leastHeight), p.width) {
			all.Text(0, y, part, p.plain)
		}
		return c.String()
	}
	p.drawTitle(all.Sub(0, 0, p.width, 1))
	if p.help {
		p.sides[compare.A].drawHelp(all.Sub(0, 1, p.width, p.height-1), dualKeys)
		return c.String()
	}
	p.status(all.Sub(0, p.height-1, p.width, 1))
	if len(p.packets) == 0 {
		all.Text(2, 2, p.language.Format(explain.LabelNoPackets), p.plain)
		return c.String()
	}
	h := p.sides[compare.A].height - 1
	said := all.Sub(0, 1+h, p.width, p.height-2-h)
	if !p.columns {
		p.drawSide(all.Sub(0, 1, p.width, h), p.shown)
		p.drawBelow(said)
		return c.String()
	}
	w := p.sides[compare.A].width
	right := p.width - w
	p.drawSide(all.Sub(0, 1, w, h), compare.A)
	p.drawSide(all.Sub(right, 1, w, h), compare.B)
	body := p.heading(said)
	p.drawFact(body.Sub(1, 0, w-2, body.H), compare.A, "")
	p.drawFact(body.Sub(right+1, 0, w-2, body.H), compare.B, "")
	for y := 1; y < p.height-1; y++ {
		if y != 1+h {
			all.Text(w, y, p.down, p.frame)
		}
	}
	return c.String()
}

// drawTitle says what is compared and, without a difference, that there is none.
func (p *dual) drawTitle(a canvas.Area) {
	right := ""
	if p.words.First() == nil {
		right = p.words.Unchanged() + " "
	}
	title := p.words.Title()
	if canvas.Width(title)+canvas.Width(right)+4 > a.W {
		right = ""
	}
	a.Text(1, 0, canvas.Cut(title, a.W-2, a.Dots()), p.title)
	a.Text(a.W-canvas.Width(right), 0, right, p.dim)
}

// drawSide draws a side, and its name in place of the title.
func (p *dual) drawSide(a canvas.Area, s compare.Side) {
	m := p.sides[s]
	x := a.Text(1, 0, " "+s.String()+" ", p.chosen)
	a.Text(x+1, 0, canvas.Cut(p.words.Side(s), a.W-x-2, a.Dots()), p.plain)
	if p.words.Journey(p.packet(p.at), s) == nil || m.list.len() == 0 {
		a.Text(x+1, 2, p.language.Format(explain.CompareNothing), p.dim)
		return
	}
	m.drawPanes(a)
}

// heading draws what differs in the row, or that nothing does, and returns the area below it.
func (p *dual) heading(a canvas.Area) canvas.Area {
	row, d := p.rowsOf(p.at.packet)[p.at.row], p.difference()
	said, style := p.language.Format(explain.CompareSame), p.dim
	switch {
	case d != nil:
		if said, style = p.words.Difference(d), p.changed; d.Uncertain {
			said += " (" + p.language.Format(explain.CompareUnsureBrief) + ")"
		}
	case row.Rules:
		said = p.language.Format(explain.CompareOtherRules)
	case !row.Has[compare.A] || !row.Has[compare.B]:
		said = p.language.Format(missing(&row))
	}
	a.Text(0, 0, strings.Repeat(p.across, a.W), p.frame)
	a.Text(1, 0, " "+canvas.Cut(said, a.W-4, a.Dots())+" ", style)
	return a.Sub(0, 1, a.W, a.H-1)
}

// missing says why only one side has a row that does not differ.
func missing(r *compare.Row) explain.Message {
	if r.Within {
		return explain.CompareWithin
	}
	return explain.CompareUnrecorded
}

// drawBelow draws what differs on both sides, one above the other.
func (p *dual) drawBelow(a canvas.Area) {
	body := p.heading(a)
	half := body.H / 2
	p.drawFact(body.Sub(1, 0, body.W-2, half), compare.A, compare.A.String()+"  ")
	p.drawFact(body.Sub(1, half, body.W-2, body.H-half), compare.B, compare.B.String()+"  ")
}

// drawFact says what there is on a side of the difference, and why; or which of the rules that have
// the same effect.
func (p *dual) drawFact(a canvas.Area, s compare.Side, prefix string) {
	t := &text{width: a.W}
	j := p.words.Journey(p.packet(p.at), s)
	switch d := p.difference(); {
	case d == nil:
		if rule := p.decider(s, j); rule != "" {
			t.add(3, span{prefix, p.key}, span{rule, p.rule})
		}
	case j == nil:
		t.add(3, span{prefix, p.key}, span{p.language.Format(explain.CompareNothing), p.dim})
	case d.Kind == compare.KindPacket:
		t.add(3, span{prefix, p.key}, span{p.words.Packet(p.packet(p.at)), p.changed})
	default:
		said, note := p.words.Fact(d, s)
		t.add(3, span{prefix, p.key}, span{said, p.changed})
		if note != "" {
			t.add(3, span{strings.Repeat(" ", len(prefix)) + note, p.dim})
		}
	}
	if t.draw(a, 0) > 0 {
		a.Text(a.W-1, a.H-1, a.Dots(), p.dim)
	}
}

// decider names the rule of a side in a row where engines have other rules, or returns "".
func (p *dual) decider(s compare.Side, j *trace.Journey) string {
	row := p.rowsOf(p.at.packet)[p.at.row]
	switch {
	case !row.Rules:
		return ""
	case !row.Has[s]:
		return p.language.Format(explain.CompareNoStep)
	}
	at := row.Places[s]
	steps := explain.Moments(j, at.Stop)[at.Moment].Steps
	if len(steps) == 0 {
		return ""
	}
	return p.words.Step(&steps[len(steps)-1])
}

// difference returns the difference that the row belongs to, or nil. It begins at this row or, if the ways
// have parted, at an earlier one.
func (p *dual) difference() (found *compare.Difference) {
	rows := p.rowsOf(p.at.packet)
	if !rows[p.at.row].Differs {
		return nil
	}
	for i := range p.words.Differences {
		d := &p.words.Differences[i]
		if d.Packet != p.packets[p.at.packet] {
			continue
		}
		if found == nil || p.begun(rows[:p.at.row+1], d) {
			found = d
		}
	}
	return found
}

// begun reports whether a difference begins in one of the rows.
func (p *dual) begun(rows []compare.Row, d *compare.Difference) bool {
	for i := range rows {
		for _, s := range compare.Sides {
			if rows[i].Has[s] && d.Facts[s].Kind != 0 && d.Facts[s].Place == rows[i].Places[s] {
				return true
			}
		}
	}
	return false
}

// status draws the last line: an answer or the keys, and the position of the walk.
func (p *dual) status(a canvas.Area) {
	right := ""
	if len(p.packets) > 0 {
		right = p.language.Format(explain.CompareStep, p.words.Packet(p.packet(p.at)), p.at.row+1) + " "
	}
	a.Text(a.W-canvas.Width(right), 0, right, p.dim)
	left := a.Sub(0, 0, a.W-canvas.Width(right)-2, 1)
	switch {
	case p.note != "":
		left.Text(1, 0, canvas.Cut(p.note, left.W-1, a.Dots()), p.changed)
	case p.playing:
		left.Text(1, 0, p.language.Format(explain.LabelPlaying, usualPace.Seconds()), p.changed)
	default:
		offered := dualBrief
		if !p.columns {
			offered = append([]intent{switchSide}, dualBrief...)
		}
		p.sides[compare.A].listKeys(left, offered, func(i intent) (int, string, explain.Message) { return keysIn(dualKeys, i) })
	}
}
