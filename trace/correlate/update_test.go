package correlate

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/gopacket/layers"

	"tracer/sim/rule"
	"tracer/trace"
	"tracer/trace/conntrack"
)

// TestGraphGrows: interfaces new in a later state get points and edges; those that have
// disappeared keep theirs.
//
//	client eth0 ── ens160 host docker0 ┬ veth1 ── eth0 one    (gone later)
//	                                   └ veth2 ── eth0 two    (later)
func TestGraphGrows(t *testing.T) {
	host := func(n int) trace.Node {
		port := trace.Interface{Name: fmt.Sprint("veth", n), Index: 10 + n, Master: "docker0", Peer: []string{1: "one/eth0", 2: "two/eth0"}[n]}
		return trace.Node{Name: "host", Interfaces: []trace.Interface{
			{Name: "ens160", Index: 2, Peer: "client/eth0"}, {Name: "docker0", Index: 3}, port,
		}}
	}
	node := func(name, peer string) trace.Node {
		return trace.Node{Name: name, Interfaces: []trace.Interface{{Name: "eth0", Index: 2, Peer: peer}}}
	}
	client := node("client", "host/ens160")
	g := newGraph(&trace.State{Nodes: []trace.Node{client, host(1), node("one", "host/veth1")}})
	old := len(g.points)
	g.update(&trace.State{Nodes: []trace.Node{client, host(2), node("two", "host/veth2")}})
	if len(g.points) != old+4 {
		t.Errorf("%d points, and then %d", old, len(g.points))
	}
	for _, e := range []struct {
		fromNode, from, toNode, to string
		kind                       edgeKind
	}{
		{"host", "docker0", "host", "veth1", bridge},
		{"host", "veth1", "one", "eth0", wire},
		{"host", "docker0", "host", "veth2", bridge},
		{"host", "veth2", "two", "eth0", wire},
		{"client", "eth0", "host", "ens160", wire},
		{"host", "veth2", "one", "eth0", 0},
	} {
		to := trace.In
		if e.kind == bridge {
			to = trace.Out
		}
		from, at := g.at(e.fromNode, e.from, trace.Out), g.at(e.toNode, e.to, to)
		if got := g.between(from, at); got != e.kind {
			t.Errorf("%+v: %d", e, got)
		}
	}
	for index, want := range map[int]int{11: g.at("host", "veth1", trace.In), 12: g.at("host", "veth2", trace.In), 13: -1} {
		if got := g.point("host", index, trace.In); got != want {
			t.Errorf("interface %d is point %d, not %d", index, got, want)
		}
	}
	edges := func() (n int) {
		for i := range g.points {
			n += len(g.points[i].from)
		}
		return n
	}
	before := edges()
	g.update(&trace.State{Nodes: []trace.Node{client, host(1), node("one", "host/veth1")}})
	g.update(&trace.State{Nodes: []trace.Node{client, host(2), node("two", "host/veth2")}})
	if after := edges(); after != before {
		t.Errorf("%d edges, and %d after there and back", before, after)
	}
}

// TestRulesGone: rules that have disappeared are still found, up to mostGone of them.
func TestRulesGone(t *testing.T) {
	snapshot := func(handles ...uint64) Snapshot {
		c := rule.Chain{Name: "FORWARD"}
		for _, h := range handles {
			c.Rules = append(c.Rules, rule.Rule{Handle: h, Text: fmt.Sprint("rule ", h)})
		}
		return Snapshot{State: &trace.State{}, Rules: map[string][]rule.Table{"host": {{Name: "filter", Chains: []rule.Chain{c}}}}}
	}
	n := newNetwork(snapshot(1, 2))
	find := func(h uint64) string {
		if r := n.rule("host", trace.RuleRef{Table: "filter", Chain: "FORWARD", Handle: h}); r != nil {
			return r.Text
		}
		return ""
	}
	n.update(snapshot(2, 3))
	n.update(Snapshot{State: &trace.State{}}) // all tables are gone
	n.update(snapshot(4))
	for h, want := range map[uint64]string{0: "", 1: "rule 1", 2: "rule 2", 3: "rule 3", 4: "rule 4", 5: ""} {
		if got := find(h); got != want {
			t.Errorf("rule %d: %q", h, got)
		}
	}
	const later = 10
	for h := range uint64(mostGone) {
		n.update(snapshot(later + h))
	}
	if len(n.gone) > mostGone || len(n.oldest) > mostGone {
		t.Errorf("%d rules are remembered", len(n.gone))
	}
	if find(1) != "" || find(later) != "rule 10" {
		t.Errorf("the oldest is %q, a later one %q", find(1), find(later))
	}
}

// TestRulesReplaced: a replaced rule still has its handle, but its text at the time of a packet
// is unknown. A verdict that contradicts the text also shows that a rule was replaced.
func TestRulesReplaced(t *testing.T) {
	snapshot := func(verdict rule.Verdict, text string) Snapshot {
		c := rule.Chain{Name: "FORWARD", Rules: []rule.Rule{{Handle: 1, Text: text, Verdict: verdict}, {Handle: 2, Text: "-p udp"}}}
		return Snapshot{State: &trace.State{}, Rules: map[string][]rule.Table{"host": {{Name: "filter", Chains: []rule.Chain{c}}}}}
	}
	ref := trace.RuleRef{Table: "filter", Chain: "FORWARD", Handle: 1}
	for _, c := range []struct {
		name    string
		verdict trace.VerdictKind
		text    string // later
		known   bool
	}{
		{"unchanged", trace.VerdictAccept, "-j ACCEPT", true},
		{"replaced", trace.VerdictAccept, "-p tcp -j ACCEPT", false},
		{"replaced and restored", trace.VerdictDrop, "-j ACCEPT", false},
	} {
		n := newNetwork(snapshot(rule.Accept, "-j ACCEPT"))
		n.matched("host", &trace.Step{RuleRef: ref, Verdict: trace.Verdict{Kind: c.verdict}})
		n.update(snapshot(rule.Accept, c.text))
		if got := n.rule("host", ref) != nil; got != c.known {
			t.Errorf("%s: the rule is known: %v", c.name, got)
		}
		other := ref
		if other.Handle = 2; n.rule("host", other) == nil {
			t.Errorf("%s: the other rule is unknown, too", c.name)
		}
	}
}

// TestForgetFlows: a forgotten flow that reappears gets its old number if conntrack knows
// it, and otherwise a new one.
func TestForgetFlows(t *testing.T) {
	entries := newEntries()
	f := newFlows(&network{graph: newGraph(&trace.State{}), entries: entries})
	packet := func(port uint16) []observation {
		h := &trace.Headers{
			EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolUDP,
			Src: netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), port), Dst: netip.MustParseAddrPort("10.0.0.2:53"),
		}
		return []observation{{node: "host", headers: h}}
	}
	seen := packet(1)
	tuple, _ := tupleOf(seen[0].headers)
	entries.learn("host", conntrack.Event{Kind: conntrack.New, Entry: conntrack.Entry{ID: 7, Original: tuple, Reply: tuple.Reversed()}}, time.Time{}, time.Time{})
	e := newest(entries.byID[nodeEntry{"host", 7}])
	known := &association{links: []*link{{entry: e, direction: trace.Original}}}

	first := f.of(time.Time{}, seen, known, nil).ID
	second := f.of(time.Time{}, packet(2), &association{}, nil).ID
	for port := range uint16(20) {
		f.of(time.Time{}, packet(100+port), &association{}, nil)
		f.forget(10)
	}
	if len(f.known) > 10 || len(f.byEnds) > 2*10 {
		t.Errorf("%d flows are known, by %d pairs of ends", len(f.known), len(f.byEnds))
	}
	if got := f.describe(first); got.ID != 0 {
		t.Errorf("flow %d was not forgotten", first)
	}
	if again := f.of(time.Time{}, seen, known, nil).ID; again != first || f.describe(first).Entry.ID != 7 {
		t.Errorf("flow %d has come back as %d: %+v", first, again, f.describe(first))
	}
	if again := f.of(time.Time{}, packet(2), &association{}, nil).ID; again == second || again != f.made {
		t.Errorf("flow %d has come back as %d", second, again)
	}
}

// TestAdvance: journeys are finished even when nothing arrives.
func TestAdvance(t *testing.T) {
	k := flaskDemo(t)
	journeys := 0
	c := New(Snapshot{State: &k.State, Rules: k.Rules, Marked: k.Marked()}, func(trace.Journey) { journeys++ })
	k.Web("client", 40000, 100, time.Millisecond)
	k.Deliver(c, k.Whole(), 0)
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 0}, {lateness + journeyWindow + time.Second, len(k.Truths)}} {
		c.Advance(k.Now.Add(step.after))
		if journeys != step.want {
			t.Errorf("after %s: %d journeys are finished of %d packets", step.after, journeys, len(k.Truths))
		}
	}
	c.Flush(k.Now)
	if journeys != len(k.Truths) {
		t.Errorf("%d journeys of %d packets", journeys, len(k.Truths))
	}
}
