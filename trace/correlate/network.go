package correlate

import (
	"net/netip"
	"slices"
	"time"

	"tracer/sim/rule"
	"tracer/trace"
	"tracer/trace/nftrace"
)

// network is what is known about the network: its points, its newest snapshot, the rules
// that have disappeared, and its conntrack entries.
type network struct {
	history
	graph   *graph
	entries *ctEntries
	marks   *marks
	traced  map[string]bool // nodes whose rules are traced
	sampled map[string]bool // those in which some packets are not, because there were too many
}

func newNetwork(s Snapshot) *network {
	g := newGraph(s.State)
	n := &network{
		history: history{Snapshot: s, setTTL: map[string]bool{}, opaque: map[string]bool{}, added: map[ruleKey]time.Time{}, gone: map[ruleKey]*rule.Rule{}, replaced: map[ruleKey]bool{}},
		graph:   g, entries: newEntries(), marks: newMarks(g),
		traced: map[string]bool{}, sampled: map[string]bool{},
	}
	n.entries.lossy = n.marks.lossy
	n.noteSets()
	return n
}

// update replaces the snapshot by a newer one.
func (n *network) update(s Snapshot) {
	n.history.update(s)
	n.graph.update(s.State)
}

// continues reports whether an evaluation can follow the last of a traversal, judging by
// the order of the hooks, the interfaces, and the addresses.
func (n *network) continues(t *traversal, e *evaluation) bool {
	last := t.last()
	if last.dropped || !e.follows(last) || e.read.Sub(last.read) > lateness {
		return false
	}
	// A packet comes in through one interface and leaves through one.
	if last.place.Hook == e.place.Hook && last.in != e.in {
		return false
	}
	if last.out != 0 && e.out != 0 && last.out != e.out && !t.rerouted(e) {
		return false
	}
	if known := t.tracked(); known != nil && e.tracked != nil && e.tracked.ID != 0 {
		return known.ID == e.tracked.ID && known.Direction == e.tracked.Direction
	}
	return n.endsContinue(t, e)
}

// endsContinue reports whether a traversal's addresses can have become those of a later
// evaluation.
func (n *network) endsContinue(t *traversal, e *evaluation) bool {
	last := t.last()
	if last.packet.Ends() == e.packet.Ends() {
		return true
	}
	first := &t.evaluations[0].packet.Headers
	from, known := first.Ends(), false
	for to := range n.entries.translations(t.node, first) {
		known = true
		if (e.packet.Src == from.Source || e.packet.Src == to.Source) && (e.packet.Dst == from.Destination || e.packet.Dst == to.Destination) {
			return true
		}
	}
	if known {
		return false
	}
	if _, tracked := tupleOf(first); !tracked {
		// An ICMP error is translated by the entry of the packet it quotes, one end at
		// each hook.
		return last.packet.Src == e.packet.Src || last.packet.Dst == e.packet.Dst
	}
	return n.ruleAccounts(t.node, last, e)
}

// ruleAccounts reports whether a NAT rule of one evaluation accounts for the addresses of
// the next.
func (n *network) ruleAccounts(node string, last, next *evaluation) bool {
	f := trace.FieldSource
	if last.packet.Src == next.packet.Src {
		f = trace.FieldDestination
	} else if last.packet.Dst != next.packet.Dst {
		return false
	}
	return slices.ContainsFunc(last.steps, func(s trace.Step) bool {
		return s.Terminal && n.explains(node, n.rule(node, s.RuleRef), f, last, &next.packet.Headers, n.graph.nodes[node].ByIndex(next.out))
	})
}

// explains reports whether a rule's translation gives a field the value that a packet
// has after the rule's evaluation e. out is the interface through which the packet
// leaves, or nil.
func (n *network) explains(node string, r *rule.Rule, f trace.Field, e *evaluation, after *trace.Headers, out *trace.Interface) bool {
	if r == nil || r.NAT == nil || r.NAT.Destination(e.place.Hook.First()) != (f == trace.FieldDestination) {
		return false
	}
	at := rule.Interfaces{Out: func(a netip.Addr) bool { return out != nil && out.Owns(a) }}
	if e.in != 0 {
		in := n.graph.nodes[node].ByIndex(e.in)
		at.In = func(a netip.Addr) bool { return in != nil && in.Redirects(a) }
	}
	if f == trace.FieldDestination {
		return r.NAT.Gives(e.packet.Dst, after.Dst, at)
	}
	return r.NAT.Gives(e.packet.Src, after.Src, at)
}

// translations maps the NAT kinds of rules to the model's.
var translations = map[rule.NATKind]trace.Translation{
	rule.DNAT: trace.DNAT, rule.SNAT: trace.SNAT, rule.Masquerade: trace.Masquerade,
	rule.Redirect: trace.Redirect, rule.Netmap: trace.Netmap,
}

// translates reports whether a node has rules that may change the destination of packets to an
// address.
func (s *Snapshot) translates(node string, to netip.Addr) bool {
	return slices.ContainsFunc(s.Rules[node], func(t rule.Table) bool {
		return trace.Meets(t.Name, to.Is6()) && slices.ContainsFunc(t.Chains, func(c rule.Chain) bool {
			return slices.ContainsFunc(c.Rules, func(r rule.Rule) bool { return r.NAT != nil || r.Opaque && trace.TableOf(t.Name) == "nat" })
		})
	})
}

// ruleStates maps the states of a rule trace to those that rules test.
var ruleStates = map[nftrace.State]rule.State{
	nftrace.Invalid: rule.Invalid, nftrace.New: rule.New, nftrace.Established: rule.Established,
	nftrace.Related: rule.Related, nftrace.Untracked: rule.Untracked,
}
