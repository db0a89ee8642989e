package trace

import (
	"cmp"
	"slices"
)

// Types of base chains of nftables.
const (
	chainFilter = "filter"
	chainNAT    = "nat"
)

// baseChain is a base chain of a node and its place.
type baseChain struct {
	table    string
	chain    *Chain
	hook     Hook
	priority int
}

// baseChains returns the base chains at a hook, those of iptables' and ip6tables' tables included,
// in the order in which packets pass them. The order of chains with equal priorities is not known.
func (n *Node) baseChains(h Hook) (list []baseChain) {
	for i := range n.Rules {
		t := &n.Rules[i]
		for k := range t.Chains {
			c := &t.Chains[k]
			b := baseChain{t.Name, c, c.Hook, c.Priority}
			if priority, ours := TablePriority(h, TableOf(t.Name)); ours && c.Hook == 0 && c.Policy != "" && hookNamed(c.Name) == h {
				b.hook, b.priority = h, priority
			}
			if b.hook == h {
				list = append(list, b)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b baseChain) int { return cmp.Compare(a.priority, b.priority) })
	return list
}

// hookNamed returns the hook of one of iptables' base chains, whose name is the hook's in
// upper case.
func hookNamed(chain string) Hook {
	return map[string]Hook{"PREROUTING": Prerouting, "INPUT": Input, "FORWARD": Forward, "OUTPUT": Output, "POSTROUTING": Postrouting}[chain]
}

// Beginning returns the step of a list with which the evaluation began that a step belongs to.
// It is in the base chain.
func Beginning(steps []Step, of int) *Step {
	for of > 0 && !steps[of-1].Terminal {
		of--
	}
	return &steps[of]
}

// Followed returns the chains of nftables tables, with their tables, that packets of a family pass
// after a base chain accepted them at its hook, and that may drop them: chains of type filter that
// have rules, or that drop by their policy. The base chain is that of a step.
func (n *Node) Followed(base *Step, six bool) (list []string) {
	if n == nil {
		return nil
	}
	all := n.baseChains(base.Hook)
	here := slices.IndexFunc(all, func(b baseChain) bool { return b.table == base.Table && b.chain.Name == base.Chain })
	if here < 0 || all[here].nat() {
		return nil
	}
	for _, b := range all[here+1:] {
		may := Meets(b.table, six) && (len(b.chain.Rules) > 0 || b.chain.Policy == "DROP")
		if b.priority > all[here].priority && b.chain.Type == chainFilter && may {
			list = append(list, b.table+" "+b.chain.Name)
		}
	}
	return list
}

// nat reports whether the chain is evaluated only for the first packets of connections.
func (b *baseChain) nat() bool {
	return b.chain.Type == chainNAT || b.chain.Type == "" && TableOf(b.table) == chainNAT
}

// IsNAT reports whether a base chain is of type nat. Such chains do not drop packets.
func (n *Node) IsNAT(table, chain string) bool {
	b := baseChain{table: table, chain: &Chain{}}
	if t := n.Table(table); t != nil && t.Chain(chain) != nil {
		b.chain = t.Chain(chain)
	}
	return b.nat()
}

// EvaluatesNAT reports whether steps of the node belong to base chains of type nat.
func (n *Node) EvaluatesNAT(steps []Step) bool {
	for i := range steps {
		if n == nil || i > 0 && !steps[i-1].Terminal {
			continue
		}
		if s := &steps[i]; n.IsNAT(s.Table, s.Chain) {
			return true
		}
	}
	return false
}
