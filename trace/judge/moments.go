package judge

import (
	"time"

	"tracer/trace"
)

// Moment is a change to a node's rules between two requests.
type Moment struct {
	Node          string
	Counted       time.Time // Before was read after this
	From, Until   time.Time // the change was made between these
	Before, After *Counters
}

// listed is a state of a node's rules, and its period.
type listed struct {
	from, until time.Time
	*Counters
}

// listings returns the states of a node's rules, in chronological order. During a change, two
// states are possible.
func (j *judging) listings(node string) (list []listed) {
	now := listed{Counters: j.Before[node]}
	for _, m := range j.Moments {
		if m.Node == node {
			now.until = m.Until
			list = append(list, now, listed{from: m.From, until: m.Until, Counters: m.Before})
			now = listed{from: m.From, Counters: m.After}
		}
	}
	return append(list, now, listed{from: now.from, Counters: j.After[node]})
}

// at reports whether the state may have been in effect at a time.
func (l *listed) at(t time.Time) bool {
	return !t.Before(l.from.Add(-late)) && (l.until.IsZero() || !t.After(l.until.Add(late)))
}

// ever returns the last state of a rule that a node had at any time, or nil.
func (j *judging) ever(node string, ref trace.RuleRef) (found *Rule) {
	for _, l := range j.listings(node) {
		if r, _ := l.rule(ref); r != nil {
			found = r
		}
	}
	return found
}

// uncounted returns how many frames a node saw after the last state of a deleted rule was read.
func (j *judging) uncounted(node string, ref trace.RuleRef) (n int) {
	for _, m := range j.Moments {
		if m.Node != node {
			continue
		}
		before, _ := m.Before.rule(ref)
		if after, _ := m.After.rule(ref); before == nil || after != nil {
			continue
		}
		for i := range j.Sightings {
			if s := &j.Sightings[i]; s.At.Node == node && s.IP && !s.Time.Before(m.Counted) && !s.Time.After(m.Until) {
				n++
			}
		}
	}
	return n
}

// removed returns the last state of a node's deleted rules, by chain.
func (j *judging) removed(node string) (chains []Chain) {
	seen := map[trace.RuleRef]bool{}
	for _, m := range j.Moments {
		if m.Node != node {
			continue
		}
		for i := range m.Before.Chains {
			c := m.Before.Chains[i]
			var gone []Rule
			for k := range c.Rules {
				ref := trace.RuleRef{Table: c.Ours(), Chain: c.Name, Handle: c.Rules[k].Handle}
				if now, _ := m.After.rule(ref); now == nil && !seen[ref] {
					seen[ref] = true
					gone = append(gone, c.Rules[k])
				}
			}
			if c.Rules = gone; len(gone) > 0 {
				chains = append(chains, c)
			}
		}
	}
	return chains
}
