package expect

import (
	"cmp"
	"slices"

	"tracer/scenarios"
	"tracer/trace"
)

// Focus returns the places that the expectations of a scenario name and a trace shows:
//
//	packet   its changes, its rules, its entry; without these, its hops, or else its end
//	rule     where it counts, in each request once; if it never does, where it was first compared
//
// Other expectations, such as those of every packet, name no place.
func Focus(s *scenarios.Scenario, t *trace.Trace) []trace.Focus {
	f := finder{trace: t}
	for i := range s.Expect {
		e := &s.Expect[i]
		switch {
		case e.Rule != "":
			f.rule(e.Rule)
		case e.Packet != "" && !e.Counted && e.Every == "":
			if j := find(e, t); j != nil {
				f.packet(e, j)
			}
		}
	}
	slices.SortFunc(f.found, func(a, b trace.Focus) int {
		return cmp.Or(a.Journey-b.Journey, a.Hop-b.Hop, int(a.Kind)-int(b.Kind), a.Index-b.Index)
	})
	return slices.Compact(f.found)
}

// finder collects places.
type finder struct {
	trace *trace.Trace
	found []trace.Focus
}

func (f *finder) add(j *trace.Journey, hop int, k trace.FocusKind, index int) {
	f.found = append(f.found, trace.Focus{Journey: j.ID, Hop: hop, Kind: k, Index: index})
}

// packet adds the places that an expectation names of a packet.
func (f *finder) packet(e *scenarios.Expectation, j *trace.Journey) {
	before := len(f.found)
	for i := range e.Changes {
		f.change(&e.Changes[i], j)
	}
	for hop := range len(j.Hops) + 1 {
		w := j.Stretch(hop)
		for i := range w.Steps {
			s := &w.Steps[i]
			if slices.Contains(e.Steps, s.RuleRef.String()) || slices.ContainsFunc(e.Missed, func(rule string) bool { return misses(s, rule) }) {
				f.step(j, hop, i)
			}
		}
		if e.Entry != "" && w.Conntrack != nil && w.Conntrack.Created {
			f.add(j, hop, trace.FocusEntry, 0)
		}
	}
	if len(f.found) > before {
		return
	}
	if e.Hops == nil {
		f.add(j, len(j.Hops), trace.FocusSeen, 0)
		return
	}
	for hop := range j.Hops {
		f.add(j, hop, trace.FocusSeen, 0)
	}
}

// change adds the first change that is as expected.
func (f *finder) change(want *scenarios.ExpectedChange, j *trace.Journey) {
	for hop := range len(j.Hops) + 1 {
		changes := j.Stretch(hop).Changes
		for i := range changes {
			if c := &changes[i]; c.Field.String() == want.Field && matches(want, c) {
				f.add(j, hop, trace.FocusChange, i)
				return
			}
		}
	}
}

// rule adds the places where a rule counts: the first of each request. If it never does, it
// adds the place where the rule was first compared with a packet.
func (f *finder) rule(rule string) {
	node, r := ruleOf(f.trace, rule)
	if r == nil {
		return
	}
	var requests []int // in which it counts
	var compared func()
	for i := range f.trace.Journeys {
		j := &f.trace.Journeys[i]
		if j.Background() {
			continue
		}
		for hop := range len(j.Hops) + 1 {
			w := j.Stretch(hop)
			for k := range w.Steps {
				s := &w.Steps[k]
				switch {
				case w.Node != node:
				case s.RuleRef.String() == rule && !slices.Contains(requests, j.Request):
					requests = append(requests, j.Request)
					f.step(j, hop, k)
				case compared == nil && misses(s, rule):
					compared = func() { f.step(j, hop, k) }
				}
			}
		}
	}
	if requests == nil && compared != nil {
		compared()
	}
}

// step adds a step or, if its rule changes the packet, the change.
func (f *finder) step(j *trace.Journey, hop, index int) {
	w := j.Stretch(hop)
	s := &w.Steps[index]
	for i := range w.Changes {
		if c := &w.Changes[i].Cause; c.Kind == trace.CauseRule && c.Rule.Table == s.Table && c.Rule.Handle == s.Handle {
			f.add(j, hop, trace.FocusChange, i)
			return
		}
	}
	f.add(j, hop, trace.FocusRule, index)
}

// misses reports whether a rule was compared with the packet before a step, in vain.
func misses(s *trace.Step, rule string) bool {
	return slices.ContainsFunc(s.Unmatched, func(u trace.Unmatched) bool {
		return trace.RuleRef{Table: s.Table, Chain: s.Chain, Handle: u.Handle, Text: u.Text}.String() == rule
	})
}
