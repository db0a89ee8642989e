package tui

import (
	"fmt"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
)

// entry shows both directions of the connection's conntrack entry, with the packet's own
// direction marked.
func (m *model) entry(t *text, j *trace.Journey) {
	f := m.trace().Flow(j.Flow)
	if f == nil || f.Entry.Text == "" {
		t.add(0, span{m.language.NoEntry(j), m.dim})
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

// stateHere returns the last known state of the connection at the stop, or else the first
// one known after it.
func (m *model) stateHere(j *trace.Journey) (state trace.ConnState) {
	for i := range j.Hops {
		if a := j.Hops[i].Conntrack; a != nil && a.State != 0 && (state == 0 || i <= m.at.stop) {
			state = a.State
		}
	}
	return state
}

// ends formats a packet's source and destination. ICMP has an identifier instead of ports.
func (m *model) ends(protocol string, e trace.Ends) string {
	switch addresses := e.Source.Addr().String() + " " + m.Arrow + " " + e.Destination.Addr().String(); {
	case e.Source.Port() == 0 && e.Destination.Port() == 0:
		return addresses
	case strings.HasPrefix(protocol, "ICMP"):
		return addresses + fmt.Sprintf("  id %d", e.Source.Port())
	}
	return e.Source.String() + " " + m.Arrow + " " + e.Destination.String()
}

// conntrack shows everything about the connection: its entry, what that translates, and
// which packet and rule created it.
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
	t.add(4, span{m.language.Entry(&f.Entry), m.dim})
	if h := hop(j, m.at.stop); h != nil && h.Conntrack != nil {
		t.gap()
		a := h.Conntrack
		t.add(2, span{m.language.Association(a, h.Node), m.plain})
	}
}
