package judge

import "tracer/trace"

// tally counts how often something is stated, with certainty and as a possibility.
type tally struct{ sure, perhaps int }

// place is a rule of a node, without its text.
type rulePlace struct {
	node, table, chain string
	handle             uint64
}

func placeOf(node string, r trace.RuleRef) rulePlace {
	return rulePlace{node, r.Table, r.Chain, r.Handle}
}

// counts checks that the number of steps that name a rule equals its packet counter.
func (j *judging) counts() {
	said, traced := map[rulePlace]*tally{}, map[string]bool{}
	add := func(node string, steps []trace.Step, doubtful bool) {
		for _, s := range steps {
			traced[node] = true
			at := placeOf(node, s.RuleRef)
			if said[at] == nil {
				said[at] = &tally{}
			}
			times := max(1, s.Fragments)
			if doubtful {
				said[at].perhaps += times
			} else {
				said[at].sure += times
			}
		}
	}
	for i := range j.trace.Journeys {
		p := &j.trace.Journeys[i]
		for k := range p.Hops {
			h := &p.Hops[k]
			add(h.Node, h.Steps, h.Doubtful)
		}
		add(p.Outcome.Node, p.Outcome.Steps, len(p.Hops) > 0 && p.Hops[len(p.Hops)-1].Doubtful)
	}
	for _, n := range j.Network.Nodes {
		j.eachRule(n.Name, func(c *Chain, r *Rule) {
			if r.Counts && c.Family != "netdev" { // netdev chains precede the traced hooks
				ref := trace.RuleRef{Table: c.Ours(), Chain: c.Name, Handle: r.Handle}
				j.count(n.Name, c, r, said[placeOf(n.Name, ref)], traced[n.Name])
			}
		})
	}
}

// eachRule calls f for all rules that a node had, except tracer's own.
func (j *judging) eachRule(node string, f func(*Chain, *Rule)) {
	for _, list := range [][]Chain{j.After[node].Chains, j.removed(node)} {
		for i := range list {
			c := &list[i]
			if j.Before[node].chain(c.Ours(), c.Name) == nil {
				continue // tracer's own
			}
			for k := range c.Rules {
				f(c, &c.Rules[k])
			}
		}
	}
}

// growth is the increase of a counter: least until the recording ended, most until it was
// read again after that.
type growth struct{ least, most int }

// counted returns the increase of a rule's counter.
func (j *judging) counted(node string, ref trace.RuleRef) (g growth) {
	if r, _ := j.Ending[node].rule(ref); r != nil {
		g.least = int(r.Packets)
	}
	if r, _ := j.After[node].rule(ref); r != nil {
		g.most = int(r.Packets)
	} else if r := j.ever(node, ref); r != nil { // the count before it was deleted
		g = growth{int(r.Packets), int(r.Packets) + j.uncounted(node, ref)}
	}
	if old, _ := j.Before[node].rule(ref); old != nil {
		g.least -= int(old.Packets)
		g.most -= int(old.Packets)
	}
	g.least -= j.earlier[node]
	return g
}

func (j *judging) count(node string, c *Chain, r *Rule, said *tally, traced bool) {
	counted := j.counted(node, trace.RuleRef{Table: c.Ours(), Chain: c.Name, Handle: r.Handle})
	if said == nil {
		said = &tally{}
	}
	j.Stated["steps"] += said.sure
	switch {
	case said.sure > counted.most:
		j.wrong(WrongCount, "%s %s %s %s: %d steps name it, but it has counted %d packets", node, c.Ours(), c.Name, r.Text, said.sure, counted.most)
	case said.sure >= counted.least:
	case !traced, j.gaps(), j.untraced(node), j.Restless:
		j.Unknown["steps"] += counted.least - said.sure
	case said.sure+said.perhaps >= counted.least:
		j.Unknown["doubtful steps"] += counted.least - said.sure
	default:
		j.wrong(WrongCount, "%s %s %s %s: %d steps name it and %d more may, but it has counted %d packets", node, c.Ours(), c.Name, r.Text, said.sure, said.perhaps, counted.least)
	}
}

// untraced reports whether some journey's fate is unknown because a node did not trace it.
func (j *judging) untraced(node string) bool {
	for i := range j.trace.Journeys {
		if o := &j.trace.Journeys[i].Outcome; o.Node == node && o.Reason == trace.ReasonNotTraced {
			return true
		}
	}
	return false
}
