package tui

import (
	tea "charm.land/bubbletea/v2"

	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
	"tracer/tui/internal/canvas"
)

// Fault is a fault that the lesson can be shown with.
type Fault struct{ Name, Title string }

// choice is the list of faults, with a line selected: 0 is no fault.
type choice struct{ at int }

// askFault opens the list of faults.
func (m *model) askFault() {
	switch {
	case m.options.With == nil || len(m.options.Faults) == 0:
		m.say(false, explain.LabelNoFaults)
	case m.doing == "":
		m.choice = &choice{max(0, m.applied())}
	}
}

// applied returns the line of the fault that the trace was recorded with, or -1 if it is not
// in the list, or not to be known yet: the user has not chosen it.
func (m *model) applied() int {
	t, name := m.trace(), ""
	switch {
	case m.picked != nil:
		name = escape.Field(m.picked.Name)
	case t.Ongoing || t.Lesson == nil:
		return -1
	default:
		name = t.Lesson.Fault
	}
	if name == "" {
		return 0
	}
	for i, f := range m.options.Faults {
		if escape.Field(f.Name) == name {
			return i + 1
		}
	}
	return -1
}

// choose handles a key in the list of faults.
func (m *model) choose(i intent) tea.Cmd {
	c := m.choice
	switch i {
	case nextPacket:
		c.at = min(c.at+1, len(m.options.Faults))
		return nil
	case previousPacket:
		c.at = max(c.at-1, 0)
		return nil
	}
	m.choice = nil
	if i != openRun {
		return nil
	}
	var chosen Fault
	if c.at > 0 {
		chosen = m.options.Faults[c.at-1]
	}
	return m.apply(chosen)
}

// apply fetches the trace with a fault. The walk goes on meanwhile.
func (m *model) apply(f Fault) tea.Cmd {
	m.doing = m.language.Format(explain.LabelLoading)
	m.options.beside.Add(1)
	o := m.options
	return func() tea.Msg {
		defer o.beside.Done()
		t, err := o.With(o.ctx, f.Name, o.progress)
		return faultMsg{f, t, err}
	}
}

// faulted shows the trace with a fault. The walk stays at its packet if the trace has it, and
// else starts over. A fault with a question of its own asks it first.
func (m *model) faulted(msg faultMsg) {
	m.doing = ""
	if msg.trace == nil {
		m.say(true, explain.LabelNotDone, msg.err)
		return
	}
	id, asked := 0, m.recorded.Lesson
	if j := m.list.At(m.at.packet); j != nil {
		id = m.counterpart(j, msg.trace)
	}
	m.recorded, m.picked, m.playing, m.help = msg.trace, &msg.fault, false, false
	m.prompt, m.page, m.scroll, m.opened = nil, pageNone, 0, map[int]bool{}
	m.showAt(place{packet: id}, escape.Value(msg.trace), m.list.filter, m.list.kept)
	if id == 0 {
		m.goTo(m.begin())
	}
	if l := msg.trace.Lesson; msg.err == nil && m.masked && told(l) && (asked == nil || l.Story != asked.Story || l.Question != asked.Question) {
		m.page, m.pageScroll = pageStory, 0
	}
	switch {
	case msg.err != nil:
		m.say(true, explain.LabelNotDone, msg.err)
	case msg.fault.Name == "":
		m.say(false, explain.LabelRemoved)
	default:
		m.say(false, explain.LabelApplied, msg.fault.Title)
	}
}

// counterpart returns the number of the packet in another trace of the same lesson that has
// the same name as a packet of this one, or 0. Of several that would have one name, as when
// one trace has retransmissions, the first is meant.
func (m *model) counterpart(j *trace.Journey, other *trace.Trace) int {
	named := func(t *trace.Trace, id int) trace.Name {
		n := t.Names()[id]
		n.Nth = max(1, n.Nth)
		return n
	}
	if j.Background() {
		return 0
	}
	want := named(m.recorded, j.ID)
	for id, n := range other.Names() {
		if n.Nth = max(1, n.Nth); n == want {
			return id
		}
	}
	return 0
}

// drawChoice draws the list of faults. Titles say what differs, and not what follows from it.
func (m *model) drawChoice(a canvas.Area) {
	body := m.section(a, m.language.Format(explain.LabelFaults))
	rows, applied := body.H-2, m.applied()
	from := max(0, m.choice.at-rows+1)
	for y := range min(rows, len(m.options.Faults)+1-from) {
		line := from + y
		title, style := m.language.Format(explain.LabelNoFault), m.plain
		if line > 0 {
			title = escape.Field(m.options.Faults[line-1].Title)
		}
		if line == m.choice.at {
			style = m.chosen
		}
		if line == applied {
			body.Text(2, y, m.here, m.title)
		}
		body.Text(4, y, canvas.Cut(title, body.W-5, a.Dots()), style)
	}
	body.Text(2, body.H-1, m.signs(m.language.Format(explain.LabelChoose)), m.key)
}
