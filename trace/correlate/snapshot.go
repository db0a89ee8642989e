package correlate

import (
	"slices"
	"time"

	"tracer/sim/rule"
	"tracer/trace"
)

// Snapshot is what is known about a network at one instant.
type Snapshot struct {
	Time  time.Time // when it had been read
	State *trace.State
	Rules map[string][]rule.Table // by node; the same rules that State has as text
	// Marked are the nodes in which each packet has a mark of its own, which its frames and
	// its rule trace show: see package nftrace.
	Marked map[string]bool
}

// chain returns a chain of a node's rules, or nil.
func (s *Snapshot) chain(node, table, chain string) *rule.Chain {
	if t := rule.Find(s.Rules[node], table); t != nil {
		return t.Chain(chain)
	}
	return nil
}

// history is the newest snapshot of a network, and the rules that are no longer in it:
// packets may have met them.
type history struct {
	Snapshot
	setTTL map[string]bool       // nodes in which rules may set the TTL
	opaque map[string]bool       // nodes with rules that are not understood
	added  map[ruleKey]time.Time // when rules missing from the first snapshot were first seen
	gone   map[ruleKey]*rule.Rule
	oldest []ruleKey // keys of gone, in order of disappearance
	// replaced are the rules whose content has changed. Which packets met the old content is
	// unknown.
	replaced map[ruleKey]bool
}

// ruleKey identifies a rule. Handles are not reused while their table exists, but a rule
// that is replaced ("iptables -R", "nft replace rule") passes its handle on.
type ruleKey struct {
	node, table, chain string
	handle             uint64
}

// mostGone is how many rules are remembered after they disappeared.
const mostGone = 1 << 14

// update replaces the snapshot by a newer one.
func (h *history) update(s Snapshot) {
	before := h.Snapshot
	h.Snapshot = s
	h.note(before)
	h.noteSets()
	for node, tables := range before.Rules {
		for _, t := range tables {
			for i := range t.Chains {
				h.remember(node, t.Name, &t.Chains[i])
			}
		}
	}
}

// noteSets records in which nodes rules may set the TTL, or anything.
func (h *history) noteSets() {
	for node, tables := range h.Rules {
		for t := range tables {
			for _, c := range tables[t].Chains {
				h.opaque[node] = h.opaque[node] || slices.ContainsFunc(c.Rules, func(r rule.Rule) bool { return r.Opaque })
				h.setTTL[node] = h.setTTL[node] || h.opaque[node] || slices.ContainsFunc(c.Rules, setsTTL)
			}
		}
	}
}

func setsTTL(r rule.Rule) bool {
	return slices.ContainsFunc(r.Sets, func(s rule.Set) bool { return s.Field == rule.TTL })
}

// note records when rules appeared.
func (h *history) note(before Snapshot) {
	for node, tables := range h.Rules {
		for t := range tables {
			for i := range tables[t].Chains {
				c := &tables[t].Chains[i]
				h.noteChain(ruleKey{node: node, table: tables[t].Name, chain: c.Name}, before.chain(node, tables[t].Name, c.Name), c)
			}
		}
	}
}

// noteChain records when the rules of a chain appeared. was may be nil.
func (h *history) noteChain(k ruleKey, was, is *rule.Chain) {
	if was != nil && sameRules(was, is) {
		return
	}
	old := map[uint64]string{}
	if was != nil {
		for i := range was.Rules {
			old[was.Rules[i].Handle] = content(&was.Rules[i])
		}
	}
	for i := range is.Rules {
		r := &is.Rules[i]
		k.handle = r.Handle
		if before, known := old[k.handle]; !known {
			h.added[k] = h.Time
		} else if before != content(r) {
			h.replaced[k] = true
		}
	}
}

func sameRules(a, b *rule.Chain) bool {
	return slices.EqualFunc(a.Rules, b.Rules, func(x, y rule.Rule) bool { return x.Handle == y.Handle && content(&x) == content(&y) })
}

// content returns what determines a rule's effect: its text, and the sets that it looks in.
func content(r *rule.Rule) string { return r.Text + "\n" + r.Refers }

// ruleVerdicts maps the verdicts of rules to the model's.
var ruleVerdicts = map[rule.Verdict]trace.VerdictKind{
	rule.Accept: trace.VerdictAccept, rule.Drop: trace.VerdictDrop, rule.Return: trace.VerdictReturn,
}

// matched compares a rule with what the kernel reports that it did. If they contradict each
// other, the rule was replaced between two snapshots.
func (h *history) matched(node string, s *trace.Step) {
	if r := h.rule(node, s.RuleRef); r != nil && r.Verdict != 0 && ruleVerdicts[r.Verdict] != s.Verdict.Kind {
		h.replaced[ruleKey{node, s.Table, s.Chain, s.Handle}] = true
	}
}

// remember keeps the rules of a chain that have disappeared.
func (h *history) remember(node, table string, before *rule.Chain) {
	still := map[uint64]bool{}
	if c := h.chain(node, table, before.Name); c != nil {
		if sameRules(c, before) {
			return
		}
		for i := range c.Rules {
			still[c.Rules[i].Handle] = true
		}
	}
	for i := range before.Rules {
		r := &before.Rules[i]
		if still[r.Handle] {
			continue
		}
		k := ruleKey{node, table, before.Name, r.Handle}
		if h.gone[k] == nil {
			h.oldest = append(h.oldest, k)
		}
		kept := *r // not the whole chain
		h.gone[k] = &kept
	}
	for len(h.oldest) > mostGone {
		delete(h.gone, h.oldest[0])
		delete(h.added, h.oldest[0])
		delete(h.replaced, h.oldest[0])
		h.oldest = h.oldest[1:]
	}
}

// rule finds a rule by what the kernel's trace says about it. It returns nil if its content
// is unknown.
func (h *history) rule(node string, r trace.RuleRef) *rule.Rule {
	if h.replaced[ruleKey{node, r.Table, r.Chain, r.Handle}] {
		return nil
	}
	if c := h.chain(node, r.Table, r.Chain); c != nil {
		if found := c.Find(r.Handle); found != nil {
			return found
		}
	}
	return h.gone[ruleKey{node, r.Table, r.Chain, r.Handle}]
}
