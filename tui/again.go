package tui

import (
	tea "charm.land/bubbletea/v2"

	"tracer/trace/escape"
	"tracer/trace/explain"
)

// again sends the traffic once more.
func (m *model) again() tea.Cmd {
	switch {
	case m.options.Again == nil:
		m.say(true, explain.LabelNoNetwork)
		return nil
	case m.doing != "":
		return nil
	}
	m.doing = m.language.Format(explain.LabelSending)
	m.options.beside.Add(1)
	return func() tea.Msg {
		defer m.options.beside.Done()
		t, err := m.options.Again(m.options.ctx)
		return sentMsg{t, err}
	}
}

func (m *model) sent(msg sentMsg) {
	m.doing = ""
	if msg.err != nil {
		m.say(true, explain.LabelNotDone, msg.err)
		return
	}
	before := 0
	for i := range m.whole.Journeys {
		if !m.whole.Journeys[i].Background() {
			before++
		}
	}
	first := -1
	fresh := 0
	for i := range msg.trace.Journeys {
		if j := &msg.trace.Journeys[i]; !j.Background() {
			if fresh++; fresh == before+1 {
				first = j.ID
			}
		}
	}
	m.recorded = msg.trace
	m.show(escape.Value(msg.trace), m.list.filter, m.list.kept)
	if at := m.list.exactly(first); at >= 0 {
		m.playing = false
		m.goTo(cursor{packet: at})
	}
	m.say(false, explain.LabelSent, fresh-before)
}

// save writes the trace to files.
func (m *model) save() tea.Cmd {
	if m.options.Export == nil {
		return nil
	}
	t := m.recorded
	return func() tea.Msg {
		where, err := m.options.Export(t)
		return savedMsg{where, err}
	}
}
