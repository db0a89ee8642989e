package tui

import (
	"strconv"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/filter"
	"tracer/trace/netmap"
	"tracer/trace/outline"
)

// liveFilter is the number of packets up to which a filter is applied while it is typed.
const liveFilter = 20000

// place is the position of the walk, independent of the packets listed.
type place struct{ packet, stop, moment int } // the packet's number

// where returns the place of the walk, or its last place if no packet is listed.
func (m *model) where() place {
	if j := m.list.At(m.at.packet); j != nil {
		m.last = place{j.ID, m.at.stop, m.at.moment}
	}
	return m.last
}

// show shows a trace, or another selection of its packets. The walk stays in its place, or
// moves to the next packet if its own is not listed.
func (m *model) show(t *trace.Trace, f filter.Filter, kept bool) { m.showAt(m.where(), t, f, kept) }

func (m *model) showAt(p place, t *trace.Trace, f filter.Filter, kept bool) {
	m.last = p
	if t != m.whole {
		m.whole, m.known = t, outline.Know(t)
	}
	m.list = newList(m.known, f, kept, m.opened)
	m.at = cursor{packet: max(0, m.list.find(p.packet))}
	if j := m.list.At(m.at.packet); j != nil && j.ID == p.packet {
		m.at.stop, m.at.moment = p.stop, p.moment
		if from, to := m.list.folded(m.at.packet); from < to && m.at != m.list.end(to) {
			m.open(m.at.packet)
		}
	}
	m.look()
	m.carried = map[netmap.Place]bool{}
	for i := range t.Frames {
		m.carried[netmap.Place{Node: t.Frames[i].Node, Interface: t.Frames[i].Interface}] = true
	}
	m.arrange()
}

func (m *model) filter(s string) { m.filterAt(m.where(), s) }

func (m *model) filterAt(p place, s string) { m.showAt(p, m.whole, filter.New(s), m.list.kept) }

// askFilter asks for a filter, and applies it while it is typed. If the user cancels, the
// former filter and place are restored.
func (m *model) askFilter() {
	before, from := m.list.filter.String(), m.where()
	try := func(s string) { m.filterAt(from, s) }
	p := newPrompt(explain.LabelFilter, before)
	if len(m.whole.Journeys) <= liveFilter {
		p.changed = try
	}
	p.answer = try
	p.cancel = func() { try(before) }
	m.prompt = p
}

func (m *model) askPacket() {
	p := newPrompt(explain.LabelGoTo, "")
	p.answer = func(s string) {
		s = strings.TrimPrefix(strings.TrimSpace(s), "#")
		id, err := strconv.Atoi(strings.Replace(s, backgroundSign, "-", 1))
		at := m.list.exactly(id)
		if err == nil && id > 0 {
			s = "#" + s
		}
		if err != nil || at < 0 {
			m.say(true, explain.LabelNoSuchPacket, s)
			return
		}
		m.open(at)
		m.goTo(cursor{packet: at})
	}
	m.prompt = p
}
