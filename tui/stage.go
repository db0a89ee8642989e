package tui

import (
	"strings"

	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
	"tracer/tui/internal/canvas"
)

// stage is the layout of the stage view, which is to be read from the back row of a classroom:
// the network, the packet's headers at each interface, what has just happened, and the
// question. The first row of all but the network is a heading.
type stage struct {
	network, headers, said, question rect
	compared                         rect // before and after, on vast screens
}

// The least heights in the stage view, with their headings.
const (
	leastHeaders = 7
	saidHeight   = 4
)

// newStage divides a screen. network is the height of the network in rows, question that of
// the question. Neither changes during the walk.
func newStage(w, h, network, question int) (s stage) {
	question = min(question, max(2, h/6))
	if question > 0 {
		question++
	}
	said, headers := saidHeight, leastHeaders
	if h < panedHeight {
		said, headers = saidHeight-1, leastHeaders-2
	}
	rest := h - 2 - question - said
	top := min(network, rest-headers)
	if w < panedWidth || h < panedHeight {
		top = 1 // the path in one line
	}
	s.network = rect{0, 1, w, top}
	s.headers = rect{0, 1 + top, w, rest - top}
	if w >= vastWidth && h >= vastHeight {
		s.headers.w = w * 11 / 20
		s.compared = rect{s.headers.w + 1, s.headers.y, w - s.headers.w - 1, s.headers.h}
	}
	s.said = rect{0, s.headers.y + s.headers.h, w, said}
	s.question = rect{0, s.said.y + said, w, question}
	return s
}

// drawStage draws the stage view between the title and the status line.
func (m *model) drawStage(all canvas.Area) {
	asked := &text{width: m.width - 4}
	if l := m.recorded.Lesson; l != nil && l.Question != "" {
		words := strings.Join(strings.Fields(escape.Text(l.Question)), " ")
		asked.add(0, span{words, m.key})
	}
	s := newStage(m.width, m.height, m.netmap.H, len(asked.lines))
	if s.network.h == 1 {
		m.strip(in(all, s.network).Sub(1, 0, m.width-2, 1))
	} else {
		m.centered(in(all, s.network))
	}
	j, direction := m.packet(), explain.LabelOriginal
	if j.Direction == trace.Reply {
		direction = explain.LabelReply
	}
	m.headers(m.section(in(all, s.headers), m.language.Number(j.ID)+" "+j.Summary, m.language.Format(direction)))
	if s.compared.h > 0 {
		m.compare(m.section(in(all, s.compared), m.language.Format(explain.LabelCompared)))
		for y := s.compared.y; y < s.compared.y+s.compared.h; y++ {
			all.Text(s.compared.x-1, y, m.down, m.frame)
		}
		all.Text(s.compared.x-1, s.compared.y, m.tee, m.frame)
	}
	said := m.section(in(all, s.said), m.language.Format(explain.LabelChanges))
	t := &text{width: said.W - 4}
	m.justNow(t)
	t.draw(said.Sub(2, 0, said.W-4, said.H), 0)
	if s.question.h > 0 {
		body := m.section(in(all, s.question), m.language.Format(explain.HeadQuestion))
		if asked.draw(body.Sub(2, 0, body.W-4, body.H), 0) > 0 {
			body.Text(body.W-2, body.H-1, body.Dots(), m.dim)
		}
	}
}

// justNow says what has just happened to the packet: at an interface or the end, the most
// important of what happened since the one before.
func (m *model) justNow(t *text) {
	j := m.packet()
	moving := m.between()
	var best, untold []*explain.Row
	rows := m.scene.account.Stop(j, m.at.stop)
	for i := range rows {
		r := &rows[i]
		switch {
		case moving && r.Moment != m.at.moment:
		case r.Kind == explain.KindNoNAT:
			untold = append(untold, r)
		case weight(r.Kind) == 0:
		case len(best) == 0 || weight(r.Kind) > weight(best[0].Kind):
			best = []*explain.Row{r}
		case r.Kind == best[0].Kind && r.Change != nil:
			best = append(best, r)
		}
	}
	if len(best) > 0 && best[0].Kind == explain.KindRewrite {
		best = append(best, untold...)
	}
	for _, r := range best {
		m.sayRow(t, r)
	}
}

// weight ranks the kinds of rows for the stage view; 0: not shown there.
func weight(k explain.Kind) int {
	switch k {
	case explain.KindOutcome:
		return 9
	case explain.KindRewrite:
		return 8
	case explain.KindProxy, explain.KindSegment, explain.KindUnheard:
		return 7
	case explain.KindHeader:
		return 6
	case explain.KindRule:
		return 5
	case explain.KindEntry, explain.KindDetour:
		return 4
	case explain.KindHook:
		return 3
	case explain.KindStretch:
		return 2
	case explain.KindLink:
		return 1
	}
	return 0
}

// sayRow adds a row of the account as a sentence.
func (m *model) sayRow(t *text, r *explain.Row) {
	style := m.tone(r.Tone)
	if r.Tone == explain.ToneNote {
		style = m.plain
	}
	switch r.Kind {
	case explain.KindHook:
		t.add(0, span{m.language.Format(explain.LabelReaches, r.Node, r.Text), m.key})
	case explain.KindRule, explain.KindDetour:
		t.add(2, span{r.Node + ": " + r.Table + " " + r.Chain + " ", m.key}, span{r.Text, style})
	case explain.KindRewrite, explain.KindHeader, explain.KindLink:
		t.add(2, span{m.pencil + " " + r.Node + ": " + r.Field + " " + r.Text, m.changed})
		note := r.Note
		if c := &r.Change.Cause; c.Kind == trace.CauseRule {
			note += ": " + c.Rule.String()
		}
		t.add(2, span{"  " + note, m.tone(r.NoteTone)})
	case explain.KindOutcome:
		t.add(2, span{m.endSign(m.packet()) + " " + r.Text, style})
	case explain.KindNoNAT:
		t.add(2, span{"  " + r.Text, style})
	default:
		t.add(0, span{r.Text, style})
	}
}
