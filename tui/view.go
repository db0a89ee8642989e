package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/tui/internal/canvas"
)

// View draws the whole screen.
func (m *model) View() tea.View {
	v := tea.NewView(m.draw())
	v.AltScreen = true
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// draw returns the screen as text with escape sequences.
func (m *model) draw() string {
	if m.width <= 0 || m.height <= 0 {
		return ""
	}
	s := canvas.New(m.width, m.height, m.options.ASCII)
	all := s.All()
	l := &m.layout
	switch {
	case l.small:
		for y, part := range canvas.Wrap(m.language.Format(explain.LabelTooSmall, m.width, m.height, leastWidth, leastHeight), m.width) {
			all.Text(0, y, part, m.plain)
		}
		return s.String()
	case m.help:
		m.drawTitle(in(all, l.title))
		m.drawHelp(all.Sub(0, 1, m.width, m.height-1), keymap)
		return s.String()
	case m.choice != nil:
		m.drawTitle(in(all, l.title))
		m.drawChoice(all.Sub(0, 1, m.width, m.height-1))
		return s.String()
	case m.page != pageNone:
		m.drawTitle(in(all, l.title))
		m.drawPage(all.Sub(0, 1, m.width, m.height-1))
		return s.String()
	}
	m.drawTitle(in(all, l.title))
	m.status(in(all, l.status))
	if m.list.len() == 0 {
		say := m.language.Format(explain.LabelNoPackets)
		if !m.list.filter.Empty() {
			say = m.language.Format(explain.LabelNothingFound, m.list.filter.String())
		}
		all.Text(2, 2, say, m.plain)
		return s.String()
	}
	if m.staged {
		m.drawStage(all)
		return s.String()
	}
	m.drawPanes(all)
	return s.String()
}

// drawPanes draws the network and the panes below and beside it.
func (m *model) drawPanes(all canvas.Area) {
	l := &m.layout
	m.drawNetwork(in(all, l.network))
	if !l.tabs {
		m.view.firstRow = m.packets(m.section(in(all, l.packets), m.language.Format(explain.LabelPackets), m.counts()...))
		m.view.firstHop = m.hops(m.section(in(all, l.hops), m.language.Format(explain.LabelHops)))
		for y := l.packets.y; y < l.packets.y+l.packets.h; y++ {
			all.Text(l.packets.x+l.packets.w, y, m.down, m.frame)
		}
		all.Text(l.packets.x+l.packets.w, l.packets.y, m.tee, m.frame)
	}
	if l.compared.h > 0 {
		m.compare(m.section(in(all, l.compared), m.language.Format(explain.LabelCompared)))
	}
	m.drawPane(in(all, l.detail))
	if l.side.h > 0 {
		m.drawSide(in(all, l.side))
		for y := l.side.y; y < l.side.y+l.side.h; y++ {
			all.Text(l.side.x-1, y, m.down, m.frame)
		}
		all.Text(l.side.x-1, l.side.y, m.tee, m.frame)
	}
}

func in(a canvas.Area, r rect) canvas.Area { return a.Sub(r.x, r.y, r.w, r.h) }

// drawTitle draws the title, and says whether the trace is complete.
func (m *model) drawTitle(a canvas.Area) {
	t := m.trace()
	x := a.Text(0, 0, " "+t.Scenario, m.title)
	about := strings.ReplaceAll(t.Headline, "→", m.Arrow)
	right, style := "", m.dim
	switch gaps := m.language.Gaps(t.Gaps); {
	case len(gaps) > 0:
		right, style = strings.Join(gaps, "; ")+" ", m.bad
	case t.Survey != nil:
		right = m.language.Tally(t) + " "
	case !t.Ongoing && m.scene.account.Complete(): // what follows may be incomplete
		right = m.language.Format(explain.CaptureComplete) + " "
	}
	if x+3+canvas.Width(about)+2+canvas.Width(right) > a.W && len(m.language.Gaps(t.Gaps)) == 0 {
		right = "" // the headline matters more than "complete"
	}
	a.Text(x+3, 0, canvas.Cut(about, a.W-x-5-canvas.Width(right), a.Dots()), m.plain)
	a.Text(a.W-canvas.Width(right), 0, right, style)
}

// section draws a heading with the first of the notes that fits on its right, and returns
// the area below it.
func (m *model) section(a canvas.Area, name string, notes ...string) canvas.Area {
	a.Text(0, 0, strings.Repeat(m.across, a.W), m.frame)
	x := a.Text(1, 0, " "+name+" ", m.title)
	for _, note := range notes {
		if note != "" && x+canvas.Width(note)+2 <= a.W {
			a.Text(a.W-canvas.Width(note)-3, 0, " "+note+" ", m.dim)
			break
		}
	}
	return a.Sub(0, 1, a.W, a.H-1)
}

// counts says how many packets are listed and how many are hidden. The most complete text
// comes first.
func (m *model) counts() (texts []string) {
	shown := ""
	hidden := m.scene.hidden
	if !m.list.filter.Empty() {
		shown = m.language.Format(explain.LabelShown, m.scene.known, m.scene.others)
	}
	if hidden > 0 {
		for _, l := range []explain.Message{explain.LabelHiddenKept, explain.LabelHiddenBrief} {
			text := m.language.Format(l, hidden)
			if shown != "" {
				text = shown + ", " + text
			}
			texts = append(texts, text)
		}
	}
	return append(texts, shown)
}

// drawNetwork draws the packet as it is at the stop, and below it the network.
func (m *model) drawNetwork(a canvas.Area) {
	j := m.packet()
	direction, style, label := m.right, m.original, explain.LabelOriginal
	if j.Direction == trace.Reply {
		direction, style, label = m.left, m.reply, explain.LabelReply
	}
	a.Text(0, 0, strings.Repeat(m.across, a.W), m.frame)
	x := a.Text(1, 0, " "+direction+" "+m.language.Number(j.ID)+" "+j.Summary+" ", style)
	way, ends := " "+m.language.Format(label)+" ", 0
	h := m.present()
	if h != nil {
		ends = canvas.Width(h.Packet.Source()+m.Arrow+h.Packet.Destination()) + 6
	}
	if x+canvas.Width(way)+ends <= a.W {
		x = a.Text(x, 0, way, m.dim)
	}
	if h != nil && x+ends <= a.W {
		m.address(a, a.Text(x+1, 0, " ", m.plain), h)
	}
	if m.layout.tabs {
		m.strip(a.Sub(1, 1, a.W-2, 1))
		if h != nil {
			row := a.Sub(1, 2, a.W-2, 1)
			m.lesser(row, m.address(row, 0, h), h)
		}
		return
	}
	m.centered(a.Sub(0, 1, a.W, a.H-1))
}

// centered draws the network in the middle of an area.
func (m *model) centered(a canvas.Area) {
	room := a.Sub(1, 0, a.W-2, a.H)
	if spare := room.W - m.netmap.W; spare > 0 {
		room = room.Sub(spare/2, 0, m.netmap.W, room.H)
	}
	m.network(room)
}

// tab is a pane's name in the heading, and its columns.
type tab struct {
	pane     pane
	name     string
	from, to int
}

// tabs lays out the names of the panes.
func (m *model) tabs() (out []tab) {
	x := 1
	for _, p := range m.offered() {
		name := " " + m.language.Format(paneLabels[p]) + " "
		out = append(out, tab{p, name, x, x + canvas.Width(name)})
		x += canvas.Width(name)
	}
	if over := x - (m.layout.detail.w - 4); over > 0 { // not all fit: center the selected one
		chosen := out[slices.IndexFunc(out, func(t tab) bool { return t.pane == m.pane })]
		left := min(max(0, (chosen.from+chosen.to-m.layout.detail.w)/2), over)
		for i := range out {
			out[i].from -= left
			out[i].to -= left
		}
	}
	return out
}

// drawPane draws the names of the panes, and below them the selected pane.
func (m *model) drawPane(a canvas.Area) {
	a.Text(0, 0, strings.Repeat(m.across, a.W), m.frame)
	tabs := m.tabs()
	names := a.Sub(0, 0, a.W-3, 1)
	for _, t := range tabs {
		style := m.dim
		if t.pane == m.pane {
			style = m.tab
		}
		names.Text(t.from, 0, t.name, style)
	}
	body := a.Sub(0, 1, a.W, a.H-1)
	switch m.pane {
	case panePackets:
		m.packets(body)
		return
	case paneHops:
		m.hops(body)
		return
	case paneNetwork:
		m.network(body)
		return
	}
	body = body.Sub(1, 0, body.W-2, body.H)
	t := m.text(m.pane, body.W)
	base := t.from(body.H)
	from := min(max(base+m.scroll, 0), max(0, len(t.lines)-body.H))
	m.scroll = from - base
	m.view.below = t.draw(body, from)
	if m.view.below > 0 {
		more := " " + m.language.Format(explain.LabelMoreBelow, m.view.below) + " "
		if x := a.W - canvas.Width(more) - 2; x > tabs[len(tabs)-1].to {
			a.Text(x, 0, more, m.dim)
		} else {
			a.Text(a.W-2, 0, "v", m.chosen)
		}
	}
}

// text returns the content of a pane.
func (m *model) text(p pane, width int) *text {
	t := &text{width: width}
	switch p {
	case paneRules:
		m.rules(t)
	case paneConntrack:
		m.conntrack(t)
	case paneLayers:
		m.layers(t)
	case paneHex:
		m.hex(t)
	case paneSurvey:
		m.survey(t)
	default:
		m.changes(t)
	}
	return t
}

// drawSide draws the connection and the rules beside the panes or, for captures, the
// survey.
func (m *model) drawSide(a canvas.Area) {
	if m.trace().Survey != nil {
		body := m.section(a, m.language.Format(explain.LabelSurvey))
		m.text(paneSurvey, a.W-2).draw(body.Sub(1, 0, body.W-2, body.H), 0)
		return
	}
	conntrack := m.text(paneConntrack, a.W-2)
	rows := min(len(conntrack.lines)+1, a.H/2)
	body := m.section(a.Sub(0, 0, a.W, rows), m.language.Format(explain.LabelConntrack))
	conntrack.draw(body.Sub(1, 0, body.W-2, body.H), 0)
	body = m.section(a.Sub(0, rows, a.W, a.H-rows), m.language.Format(explain.LabelRules))
	rules := m.text(paneRules, a.W-2)
	rules.draw(body.Sub(1, 0, body.W-2, body.H), rules.from(body.H))
}
