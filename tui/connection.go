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
	if f == nil || f.Entry.ID == 0 && f.Entry.Text == "" {
		said := m.language.NoEntry(j)
		if j.Outcome.Kind == 0 {
			said = m.language.Format(explain.LabelNoEntryYet)
		}
		t.add(0, span{said, m.dim})
		return
	}
	t.add(11, span{m.language.Format(explain.LabelConntrack) + "  ", m.title}, span{m.entryState(j, f), m.plain})
	for _, d := range []struct {
		name string
		ends trace.Ends
		own  bool
	}{
		{trace.Original.String(), f.Original, j.Direction == trace.Original},
		{trace.Reply.String(), f.Reply, j.Direction == trace.Reply},
	} {
		if !d.ends.Source.Addr().IsValid() { // not known yet
			continue
		}
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
	if a := j.Outcome.Conntrack; m.between() && a != nil && a.State != 0 {
		state = a.State
	}
	return state
}

// association returns what connection tracking recorded about the packet on the way to the
// stop, and where.
func (m *model) association(j *trace.Journey) (a *trace.Association, node string) {
	if h := hop(j, m.at.stop); h != nil {
		return h.Conntrack, h.Node
	}
	if m.between() {
		return j.Outcome.Conntrack, j.Outcome.Node
	}
	return nil, ""
}

// entryState describes the state of the connection at the stop and, if it is known, the last
// one of its entry.
func (m *model) entryState(j *trace.Journey, f *trace.Flow) string {
	then := m.stateHere(j)
	switch {
	case f.Entry.Text != "":
		return m.language.EntryState(then, f)
	case then != 0:
		return m.language.Format(explain.LabelStateThen, then)
	}
	return ""
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
	if f == nil || f.Entry.ID == 0 && f.Entry.Text == "" {
		return
	}
	t.gap()
	if len(f.NAT) > 0 {
		t.add(2, span{m.language.Translated(f.NAT), m.changed})
	} else {
		label := explain.LabelNotTranslated
		if m.trace().Ongoing {
			label = explain.LabelNotYet
		}
		t.add(2, span{m.language.Format(label), m.plain})
	}
	for i := range len(j.Hops) + 1 {
		_, changes := happened(j, i)
		for k := range changes {
			if o := changes[k].Cause.Origin; o.Rule.Handle != 0 {
				t.add(2, span{m.language.Origin(o), m.rule})
			}
		}
	}
	if f.Entry.Text != "" {
		t.gap()
		t.add(4, span{m.language.Entry(&f.Entry), m.dim})
	}
	if a, node := m.association(j); a != nil {
		t.gap()
		t.add(2, span{m.language.Association(a, node), m.plain})
	}
}
