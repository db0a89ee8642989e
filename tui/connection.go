package tui

import (
	"fmt"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
)

// entry shows what conntrack remembers of the packet's connection, both ways; the
// packet's own direction is marked.
func (m *model) entry(t *text, j *trace.Journey) {
	f := m.trace().Flow(j.Flow)
	if f == nil || f.Entry.Text == "" {
		t.add(0, span{m.language.Format(explain.LabelNoEntry), m.dim})
		return
	}
	t.add(11, span{m.language.Format(explain.LabelConntrack) + "  ", m.title}, span{m.language.EntryState(m.stateHere(j), f), m.plain})
	for _, d := range []struct {
		name string
		ends trace.Ends
		own  bool
	}{
		{trace.Original.String(), f.Original, j.Direction == trace.Original},
		{trace.Reply.String(), f.Reply, j.Direction == trace.Reply},
	} {
		sign, style := " ", m.dim
		if d.own {
			sign, style = m.here, m.plain
		}
		t.add(12, span{fmt.Sprintf("%s %-9s ", sign, d.name), style}, span{m.ends(f.Protocol, d.ends), style})
	}
}

// stateHere is the connection's state when the packet passed, as far as it was
// seen by the stop, or else at all.
func (m *model) stateHere(j *trace.Journey) (state trace.ConnState) {
	for i := range j.Hops {
		if a := j.Hops[i].Conntrack; a != nil && a.State != 0 && (state == 0 || i <= m.at.stop) {
			state = a.State
		}
	}
	return state
}

// ends writes where a packet comes from and goes to. An echo has its identifier
// where others have ports.
func (m *model) ends(protocol string, e trace.Ends) string {
	switch addresses := e.Source.Addr().String() + " " + m.Arrow + " " + e.Destination.Addr().String(); {
	case e.Source.Port() == 0 && e.Destination.Port() == 0:
		return addresses
	case strings.HasPrefix(protocol, "ICMP"):
		return addresses + fmt.Sprintf("  id %d", e.Source.Port())
	}
	return e.Source.String() + " " + m.Arrow + " " + e.Destination.String()
}

// conntrack tells everything about the connection: the entry as it is listed,
// what it translates, and which packet and rule made it.
func (m *model) conntrack(t *text) {
	j := m.packet()
	m.entry(t, j)
	f := m.trace().Flow(j.Flow)
	if f == nil || f.Entry.Text == "" {
		return
	}
	t.gap()
	if len(f.NAT) > 0 {
		t.add(2, span{m.language.Translated(f.NAT), m.changed})
	} else {
		t.add(2, span{m.language.Format(explain.LabelNotTranslated), m.plain})
	}
	for i := range j.Hops {
		for k := range j.Hops[i].Changes {
			if o := j.Hops[i].Changes[k].Cause.Origin; o.Rule.Handle != 0 {
				t.add(2, span{m.language.Origin(o), m.rule})
			}
		}
	}
	t.gap()
	t.add(4, span{f.Entry.Text, m.dim})
	if h := hop(j, m.at.stop); h != nil && h.Conntrack != nil {
		t.gap()
		a := h.Conntrack
		t.add(2, span{m.language.Association(a, h.Node), m.plain})
	}
}
