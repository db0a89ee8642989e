package correlate

import (
	"tracer/sim/rule"
	"tracer/trace"
)

// Snapshot is what is known about a network at one instant.
type Snapshot struct {
	State *trace.State
	Rules map[string][]rule.Table // by node; the same rules that State has as text
}

// chain returns a chain of a node's rules, or nil.
func (s *Snapshot) chain(node, table, chain string) *rule.Chain {
	if t := rule.Find(s.Rules[node], table); t != nil {
		return t.Chain(chain)
	}
	return nil
}

// history is the newest snapshot of a network and those before it: packets may have met
// rules that are gone.
type history struct {
	Snapshot
	before []Snapshot
}

// update adds a newer snapshot.
func (h *history) update(s Snapshot) {
	h.before = append(h.before, h.Snapshot)
	h.Snapshot = s
}

// rule finds a rule by what the kernel's trace says of it. The handles of a table are not
// used again while it exists.
func (h *history) rule(node string, r trace.RuleRef) *rule.Rule {
	if c := h.chain(node, r.Table, r.Chain); c != nil {
		if found := c.Find(r.Handle); found != nil {
			return found
		}
	}
	for i := len(h.before) - 1; i >= 0; i-- {
		if c := h.before[i].chain(node, r.Table, r.Chain); c != nil {
			if found := c.Find(r.Handle); found != nil {
				return found
			}
		}
	}
	return nil
}
