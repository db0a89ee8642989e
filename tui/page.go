package tui

import (
	"strings"

	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
	"tracer/tui/internal/canvas"
)

// page is a page of the lesson, shown instead of the network.
type page uint8

const (
	pageNone   page = iota
	pageStory       // the story and the question, which open the walk
	pageAnswer      // the answer, on request
)

// told reports whether a lesson has a story or a question.
func told(l *trace.Lesson) bool { return l != nil && l.Story+l.Question != "" }

// openPage shows the story, the answer, or the list of faults.
func (m *model) openPage(i intent) {
	l := m.recorded.Lesson
	switch {
	case i == chooseFault:
		m.askFault()
	case i == showStory && told(l):
		m.page, m.pageScroll = pageStory, 0
	case i == showAnswer && l != nil && l.Answer+l.Refutes != "":
		m.page, m.pageScroll = pageAnswer, 0
	default:
		m.say(false, explain.LabelNoLesson)
	}
}

// turnPage scrolls the page, or closes it.
func (m *model) turnPage(i intent) {
	switch i {
	case scrollDown:
		m.pageScroll += min(m.view.below, max(1, m.height-4))
	case scrollUp:
		m.pageScroll = max(0, m.pageScroll-max(1, m.height-4))
	default:
		m.page = pageNone
	}
}

// drawPage draws the page of the lesson. The answer is known only here.
func (m *model) drawPage(a canvas.Area) {
	l := m.recorded.Lesson
	head, hint := explain.HeadStory, explain.LabelBegin
	if m.page == pageAnswer {
		head, hint = explain.HeadAnswer, explain.LabelClose
	}
	body := m.section(a, m.language.Format(head))
	t := &text{width: min(body.W-4, 76)}
	t.lines = append(t.lines, nil)
	part := func(head explain.Message, s string) {
		if s == "" {
			return
		}
		if head != "" {
			t.gap()
			t.add(0, span{m.language.Format(head), m.title})
		}
		m.paragraphs(t, s)
	}
	if l.WrittenFor != "" {
		t.add(0, span{m.language.Format(explain.WrittenFor, escape.Field(l.WrittenFor)), m.dim})
		t.gap()
	}
	if m.page == pageStory {
		part("", l.Story)
		part(explain.HeadQuestion, l.Question)
	} else {
		part("", l.Answer)
		part(explain.HeadRefutes, l.Refutes)
		if l.Fault != "" {
			t.gap()
			t.add(0, span{m.language.Format(explain.FaultOf, escape.Field(l.Fault), escape.Field(l.FaultTitle)), m.plain})
		}
	}
	room := body.Sub(2, 0, body.W-4, body.H-1)
	m.pageScroll = min(m.pageScroll, max(0, len(t.lines)-room.H))
	m.view.below = t.draw(room, m.pageScroll)
	x := body.Text(2, body.H-1, m.language.Format(hint), m.key)
	if m.view.below > 0 {
		body.Text(x+3, body.H-1, m.language.Format(explain.LabelMoreBelow, m.view.below), m.dim)
	}
}

// paragraphs adds an author's text. Its lines are kept if they all fit; otherwise those of a
// paragraph are joined and wrapped again.
func (m *model) paragraphs(t *text, s string) {
	s = strings.TrimSpace(escape.Text(s))
	fits := true
	for line := range strings.SplitSeq(s, "\n") {
		fits = fits && canvas.Width(line) <= t.width
	}
	for i, paragraph := range strings.Split(s, "\n\n") {
		if i > 0 {
			t.gap()
		}
		if !fits {
			paragraph = strings.ReplaceAll(paragraph, "\n", " ")
		}
		for line := range strings.SplitSeq(paragraph, "\n") {
			t.add(0, span{line, m.plain})
		}
	}
}
