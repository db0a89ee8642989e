package reveal

import (
	"slices"
	"testing"
	"tracer/trace"
)

// floods counts the copies of packets that ended in a node before other copies were sent.
func floods(tr *trace.Trace, node string) (copies uint64) {
	for i := range tr.Journeys {
		hops := tr.Journeys[i].Hops
		for k := range len(hops) - 1 {
			if hops[k].Node == node && hops[k+1].Node != node && hops[k].Direction == trace.In && hops[k+1].Direction == trace.Out {
				copies++
			}
		}
	}
	return copies
}

// TestCounters: rules count up to what the kernel has counted in the end. Nodes may send
// background packets after that was read, and of a packet that a bridge floods, only the last
// node shows what it met.
func TestCounters(t *testing.T) {
	rules, policies := 0, 0
	for name, tr := range lessons(t) {
		counted := count(tr.Journeys)
		foreground := count(slices.DeleteFunc(slices.Clone(tr.Journeys), func(j trace.Journey) bool { return j.Background() }))
		for _, n := range tr.State.Nodes {
			for _, table := range n.Rules {
				for _, c := range table.Chains {
					check := func(id ruleID, text string, want trace.Count) {
						var got trace.Count
						if n := counted[id]; n != nil {
							got = *n
						}
						least := trace.Count{}
						if n := foreground[id]; n != nil {
							least = *n
						}
						late := got.Packets > least.Packets && least.Packets <= want.Packets && want.Packets < got.Packets
						flood := got.Packets < want.Packets && want.Packets <= got.Packets+floods(tr, n.Name)
						if got != want && !late && !flood && (got.Packets != want.Packets || !unseen(tr)) {
							t.Errorf("%s: %s %s %s %s counted %+v, not %+v", name, n.Name, table.Name, c.Name, text, got, want)
						}
					}
					if c.Counted != nil {
						check(ruleID{n.Name, table.Name, 0, c.Name}, "policy", *c.Counted)
						policies++
					}
					for _, r := range c.Rules {
						if !table.Counts(&r) {
							continue
						}
						check(ruleID{n.Name, table.Name, r.Handle, ""}, r.Text, trace.Count{Packets: r.Packets, Bytes: r.Bytes})
						rules++
					}
				}
			}
		}
	}
	if rules < 100 || policies < 100 {
		t.Errorf("only %d rules and %d policies", rules, policies)
	}
}
