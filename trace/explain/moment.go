package explain

import (
	"slices"

	"tracer/trace"
)

// Moment is one step on a packet's way to a stop: the packet reaches a hook or meets a rule,
// or the kernel makes a decision or changes a field.
// Everything that one rule or one conntrack entry changes is one change, and so is the new link
// header. The last moment is the stop itself: the packet is seen there or, after the last hop,
// ends.
//
//	prerouting ─▶ rule ─▶ dst ─▶ ttl ─▶ forward ─▶ rule ─▶ postrouting ─▶ link ─▶ seen
//	         0       1      2      3          4       5              6       7       8
type Moment struct {
	Hook    trace.Hook      // that the packet reaches; 0: none
	Created bool            // conntrack makes an entry for it
	Steps   []trace.Step    // the rules that it meets
	Changes []*trace.Change // what changes, as far as the place of the change is known
}

// Moments returns the moments on a packet's way to a stop, which may be the end of the
// packet: len(Hops). There is at least one. Changes whose place is unknown are not part of
// any: they show when the packet is seen.
func Moments(j *trace.Journey, stop int) []Moment {
	b := stretchTo(j, stop)
	facts := b.facts()
	out := make([]Moment, last(facts)+1)
	end := len(b.Steps)
	for i := len(facts) - 1; i >= 0; i-- {
		f := &facts[i]
		m := &out[f.moment]
		switch {
		case f.visit != nil:
			m.Steps = b.Steps[f.visit.from:max(end, f.visit.from)]
			end = f.visit.from
		case f.change != nil && f.moment < len(out)-1:
			m.Changes = append([]*trace.Change{f.change}, m.Changes...)
		case f.hook != 0:
			m.Hook = f.hook
		case f.created:
			m.Created = true
		}
	}
	return out
}

// stretch is what happened to a packet on the way to a stop.
type stretch struct{ trace.Stretch }

func stretchTo(j *trace.Journey, stop int) stretch { return stretch{j.Stretch(stop)} }

// fact is one thing that happened: one of its fields is set, or none if no nat rule was
// evaluated.
type fact struct {
	rank
	moment int

	hook    trace.Hook // that was reached
	created bool       // conntrack made an entry
	visit   *visit
	change  *trace.Change
}

// facts returns what happened in the kernel's order: the rules in the order in which they
// matched, and each change after the rule that made it, or else at its own rank.
func (s *stretch) facts() (list []fact) {
	for i, h := range s.Hooks {
		if !slices.Contains(s.Hooks[:i], h) {
			list = append(list, fact{rank: rank{stageOf(h), least}, hook: h})
		}
	}
	if s.Conntrack != nil && s.Conntrack.Created {
		list = append(list, fact{rank: rank{firstHook, trace.PriorityConntrack}, created: true})
	}
	made := make([]bool, len(s.Changes))
	list = s.visits(list, made)
	var conntrack rank // of conntrack's last change
	by := false
	for i := range s.Changes {
		c := &s.Changes[i]
		at := changeRank(c)
		if !made[i] {
			list = append(list, fact{rank: at, change: c})
		}
		if c.Cause.Kind == trace.CauseConntrack && (!by || at.stage >= conntrack.stage) {
			conntrack, by = at, true
		}
	}
	nat := slices.ContainsFunc(s.Steps, func(s trace.Step) bool { return trace.TableOf(s.Table) == "nat" })
	if by && !nat && len(s.Hooks)+len(s.Steps) > 0 {
		list = append(list, fact{rank: conntrack})
	}
	slices.SortStableFunc(list, func(a, b fact) int { return a.compare(b.rank) })
	inMoments(list)
	return list
}

// visits adds the rules, each followed by the changes that it made.
func (s *stretch) visits(list []fact, made []bool) []fact {
	var reached [stages]int // by stage: the priority of the last step
	for i := range reached {
		reached[i] = -1000
	}
	visits := fold(s.Steps)
	for k := range visits {
		v := &visits[k]
		f := v.first()
		at := rank{stage: stageOf(f.Hook)}
		// Keep the order of the rule trace, whatever the priorities of early versions' traces.
		at.priority = max(reached[at.stage], priority(f))
		reached[at.stage] = at.priority
		list = append(list, fact{rank: at, visit: v})
		for i := range s.Changes {
			if c := &s.Changes[i]; v.step != nil && !made[i] && makes(v.step, c) {
				made[i] = true
				list = append(list, fact{rank: at, change: c})
			}
		}
	}
	return list
}

// makes reports whether a step is the rule that a change names as its cause.
func makes(s *trace.Step, c *trace.Change) bool {
	return c.Cause.Kind == trace.CauseRule && s.Handle == c.Cause.Rule.Handle && s.Table == c.Cause.Rule.Table && s.Chain == c.Cause.Rule.Chain
}

// inMoments numbers the moments of facts in order.
func inMoments(list []fact) {
	at := -1
	for i := range list {
		f := &list[i]
		switch {
		case f.shows():
			continue
		case i > 0 && f.with(&list[i-1]):
		case f.hook != 0 || f.created || f.visit != nil || f.change != nil:
			at++
		}
		f.moment = max(at, 0)
	}
	for i := range list {
		if list[i].shows() {
			list[i].moment = at + 1
		}
	}
}

// with reports whether a change is a part of the one before it.
func (f *fact) with(before *fact) bool {
	switch {
	case f.change == nil || before.change == nil || before.shows():
		return false
	case f.stage == linkHeader:
		return before.stage == linkHeader
	}
	by := f.change.Cause.Kind
	return f.rank == before.rank && by == before.change.Cause.Kind && (by == trace.CauseRule || by == trace.CauseConntrack)
}

// shows reports whether a change is known only because the packet was seen afterwards.
func (f *fact) shows() bool {
	return f.change != nil && (f.change.Cause.Kind == trace.CauseInferred || f.change.Cause.Kind == 0 || f.stage == unplaced)
}

// last returns the number of the last moment, after those of the facts.
func last(facts []fact) (n int) {
	for i := range facts {
		if f := &facts[i]; f.shows() {
			return f.moment
		} else if f.moment >= n {
			n = f.moment + 1
		}
	}
	return n
}
