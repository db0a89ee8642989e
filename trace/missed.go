package trace

import (
	"net/netip"

	"tracer/sim/iptables"
	"tracer/sim/rule"
	"tracer/trace/nftrace"
)

// Missed is a rule that a packet came by, on its way through a chain, and that it
// did not match.
type Missed struct {
	Rule      uint64 // its handle
	Text      string
	Condition string // the first condition that does not hold: "-i docker0"; empty: it cannot be told
	Was       string // what it was instead: "ens160"; empty: nothing
}

// missed adds to the steps of a traversal the rules that lie between them: the
// kernel reports the rules that matched; those before them in the chain were
// looked at, and some condition did not hold. Which one follows from what is
// known of the packet, if the rule is understood.
func (c *Correlator) missed(node string, t *traversal) []Step {
	n := c.chart.State.Node(node)
	table := (*iptables.Table)(nil)
	if n != nil {
		table = n.Rules.Table(t.table)
	}
	if table == nil {
		return t.steps
	}
	facts := c.facts(node, t)
	out := make([]Step, len(t.steps))
	next := map[string]int{} // by chain: the rule that is looked at next
	for i, s := range t.steps {
		out[i] = s
		chain := table.Chain(s.Chain)
		if chain == nil {
			continue
		}
		end := len(chain.Rules) // where there is no rule, the chain has been gone through
		if s.Rule != 0 {
			for end = next[s.Chain]; end < len(chain.Rules) && chain.Rules[end].Handle != s.Rule; end++ {
			}
			if end == len(chain.Rules) {
				return t.steps // not the rules that the packet met: they have changed since
			}
		}
		for k := next[s.Chain]; k < end; k++ {
			r := &chain.Rules[k]
			m := Missed{Rule: r.Handle, Text: r.String()}
			if failed, ok := r.Fails(&facts); ok {
				m.Condition, m.Was = failed.Condition, failed.Was
			}
			out[i].Missed = append(out[i].Missed, m)
		}
		next[s.Chain] = end + 1
		if to := jumpedTo(&s); to != "" {
			next[to] = 0
		}
	}
	return out
}

// jumpedTo is the chain that a step leads to, or nothing.
func jumpedTo(s *Step) string {
	const jump, goTo = "jump ", "goto "
	if len(s.Verdict) > len(jump) && (s.Verdict[:len(jump)] == jump || s.Verdict[:len(goTo)] == goTo) {
		return s.Verdict[len(jump):]
	}
	return ""
}

// states are the words of a rule trace for what a rule calls a state.
var states = map[nftrace.State]rule.State{
	nftrace.Invalid: rule.Invalid, nftrace.New: rule.New, nftrace.Established: rule.Established,
	nftrace.Related: rule.Related, nftrace.Untracked: rule.Untracked,
}

// facts are what is known of a packet while it is in a base chain.
func (c *Correlator) facts(node string, t *traversal) rule.Facts {
	n := c.chart.State.Node(node)
	f := rule.Facts{
		In: c.chart.State.InterfaceName(node, t.in), Out: c.chart.State.InterfaceName(node, t.out),
		Source: t.packet.Src, Destination: t.packet.Dst, Protocol: uint8(t.packet.Protocol),
		Ports: t.packet.hasPorts() && t.packet.key.Fragment == 0,
		Local: func(a netip.Addr) bool { return a.IsLoopback() || n.Owns(a) },
	}
	if t.tracked != nil {
		f.State = states[t.tracked.State]
	}
	return f
}
