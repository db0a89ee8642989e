package reveal

import (
	"compress/gzip"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// lessons returns the recordings of all scenarios, and of each with its faults, as NAME@FAULT.
func lessons(t testing.TB) map[string]*trace.Trace {
	t.Helper()
	out := map[string]*trace.Trace{}
	read := func(name, fault string) {
		packed, err := scenarios.Recording(name, fault)
		if err != nil {
			t.Fatal(err)
		}
		r, err := gzip.NewReader(packed)
		if err != nil {
			t.Fatal(err)
		}
		if out[strings.TrimSuffix(name+"@"+fault, "@")], err = export.Read(r); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		read(name, "")
		for _, f := range s.Faults {
			read(name, f.Name)
		}
	}
	return out
}

// positions returns all positions of a walk, in order.
func positions(t *trace.Trace) (list []Position) {
	for i := range t.Journeys {
		j := &t.Journeys[i]
		for stop := range len(j.Hops) + 1 {
			for moment := range explain.Moments(j, stop) {
				list = append(list, Position{j.ID, stop, moment})
			}
		}
	}
	return list
}

// TestFuture: a projection does not depend on what comes after its position. Here, the future
// is cut off and replaced by another one.
func TestFuture(t *testing.T) {
	checked := 0
	for name, tr := range lessons(t) {
		for _, p := range positions(tr) {
			if p.ends(tr, p.index(tr)) {
				continue
			}
			other := altered(tr, p)
			if got, want := Upto(other, p), Upto(tr, p); !reflect.DeepEqual(got, want) {
				t.Errorf("%s at %+v: the future shows in %s", name, p, difference(got, want))
				break
			}
			checked++
		}
	}
	if checked < 4000 {
		t.Errorf("only %d positions were checked", checked)
	}
}

// difference names the parts of two traces that differ.
func difference(a, b *trace.Trace) (parts []string) {
	x, y := reflect.ValueOf(*a), reflect.ValueOf(*b)
	for i := range x.NumField() {
		if f, g := x.Field(i).Interface(), y.Field(i).Interface(); !reflect.DeepEqual(f, g) {
			parts = append(parts, fmt.Sprintf("%s: %+v\nand not %+v", x.Type().Field(i).Name, f, g))
		}
	}
	return parts
}

// altered returns a trace with the same past as t, and another future: the packet goes
// elsewhere, a packet of another flow follows, and the end of the run is another.
func altered(t *trace.Trace, p Position) *trace.Trace {
	out, at := *t, p.index(t)
	out.Journeys = slices.Clone(t.Journeys[:at+1])
	out.Journeys[at] = elsewhere(&t.Journeys[at], p)
	id := 0
	for i := range out.Journeys {
		id = max(id, out.Journeys[i].ID)
		j := &out.Journeys[i]
		if j.Outcome.ReportedBy > p.Journey && p.Journey > 0 {
			j.Outcome.ReportedBy += 1000
		}
		for k := range j.Hops {
			for n, rival := range j.Hops[k].Ambiguous {
				if rival > p.Journey && p.Journey > 0 {
					j.Hops = slices.Clone(j.Hops)
					j.Hops[k].Ambiguous = slices.Clone(j.Hops[k].Ambiguous)
					j.Hops[k].Ambiguous[n] += 1000
				}
			}
		}
	}
	out.Flows = otherFlows(out.Journeys, t.Flows)
	next := t.Journeys[0]
	next.ID, next.Flow, next.Request = id+1, len(out.Flows), len(t.Answers)+7
	out.Journeys = append(out.Journeys, next)
	out.Answers = slices.Clone(t.Answers)
	begun := 0
	for i := range out.Journeys[:at+1] {
		begun = max(begun, out.Journeys[i].Request)
	}
	for i := range out.Answers {
		if i+1 >= begun {
			out.Answers[i].Text, out.Answers[i].Ended = "another answer", out.Answers[i].Ended.Add(1)
			out.Answers[i].Replies = []trace.EchoReply{{Sequence: 99}}
		}
		if i+1 > begun {
			out.Answers[i].URL = "http://192.0.2.1"
		}
	}
	if t.Lesson != nil {
		l := *t.Lesson
		l.Answer, l.Refutes, l.Fault, l.FaultTitle = "another", "another", "other", "another"
		l.Focus = append(slices.Clone(l.Focus), trace.Focus{Journey: id + 1, Kind: trace.FocusSeen})
		out.Lesson = &l
	}
	out.Frames = slices.Clone(t.Frames)
	seen := map[int]bool{}
	for i := range out.Journeys[:at+1] {
		for k := range out.Journeys[i].Hops {
			if i < at || k < p.Stop || k == p.Stop && p.Moment == len(explain.Moments(&t.Journeys[at], p.Stop))-1 {
				for _, n := range out.Journeys[i].Hops[k].Frames() {
					seen[n] = true
				}
			}
		}
	}
	for i := range out.Frames {
		if !seen[i+1] {
			out.Frames[i] = trace.Frame{Number: i + 1, Data: []byte("another frame")}
		}
	}
	out.State = recounted(t.State)
	return &out
}

// elsewhere returns a packet that has the same past, and then goes elsewhere.
func elsewhere(j *trace.Journey, p Position) trace.Journey {
	out := *j
	moments := explain.Moments(j, p.Stop)
	if atEnd(j, p.Stop, p.Moment) {
		return out
	}
	out.Outcome = trace.Outcome{Kind: trace.OutcomeUnseen, Node: "elsewhere", Reason: trace.ReasonCaptureEnded}
	seen := p.Stop < len(j.Hops) && p.Moment == len(moments)-1
	if seen {
		out.Hops = slices.Clone(j.Hops[:p.Stop+1])
		return out
	}
	out.Hops = slices.Clone(j.Hops[:min(p.Stop, len(j.Hops))])
	node, a := inside(j, p.Stop)
	var hooks []trace.Hook
	var steps []trace.Step
	var changes []trace.Change
	for _, m := range moments[:p.Moment+1] {
		if m.Hook != 0 {
			hooks = append(hooks, m.Hook)
		}
		steps = append(steps, m.Steps...)
		for _, c := range m.Changes {
			changes = append(changes, *c)
		}
	}
	if p.Stop < len(j.Hops) { // it is sent on, with another destination
		h := j.Hops[p.Stop]
		h.Hooks, h.Steps, h.Changes, h.Interface = hooks, steps, changes, "elsewhere"
		h.Frame = len(j.Hops)
		h.Time = h.Time.Add(1000)
		if p.Stop > 0 {
			h.Packet.Dst = netip.MustParseAddrPort("192.0.2.1:9")
		}
		out.Hops = append(out.Hops, h)
		return out
	}
	out.Outcome.Node, out.Outcome.Hooks, out.Outcome.Steps, out.Outcome.Changes, out.Outcome.Conntrack = node, hooks, steps, changes, a
	return out
}

// otherFlows returns flows with the same beginning as those of journeys, and other ends.
func otherFlows(journeys []trace.Journey, all []trace.Flow) []trace.Flow {
	begun, replied := map[int]bool{}, map[int]bool{}
	last := 0
	for i := range journeys {
		j := &journeys[i]
		begun[j.Flow] = true
		replied[j.Flow] = replied[j.Flow] || j.Direction == trace.Reply
		last = max(last, j.Flow)
	}
	out := make([]trace.Flow, last, last+1)
	for i := range out {
		f := all[i]
		f.NAT, f.Entry.Text, f.Entry.State, f.Entry.Destroyed = []trace.Translation{trace.Netmap}, "another", trace.Close, true
		if !replied[f.ID] {
			f.Reply = trace.Ends{}
		}
		if !begun[f.ID] {
			f = trace.Flow{ID: f.ID, Protocol: "another"}
		}
		if other := f.Continues + f.ContinuedBy; !begun[other] {
			f.Proxy, f.Continues, f.ContinuedBy = "", 0, 0
		}
		out[i] = f
	}
	return append(out, trace.Flow{ID: last + 1, Protocol: "TCP"})
}

// recounted returns a network whose rules have counted something else, and whose bridges have
// learned more.
func recounted(s trace.State) trace.State {
	s.Nodes = slices.Clone(s.Nodes)
	for i := range s.Nodes {
		n := &s.Nodes[i]
		n.Unexplained = []trace.Counted{{}}
		if n.FDB != nil {
			n.FDB = append(slices.Clone(n.FDB), trace.FDBEntry{MAC: trace.MAC{2, 9}, Interface: "eth9", State: trace.FDBLearned})
		}
		n.Interfaces = slices.Clone(n.Interfaces)
		for k := range n.Interfaces {
			if n.Interfaces[k].Link != nil {
				link := *n.Interfaces[k].Link
				link.Received.Packets, link.Sent.Dropped = 7, 7
				n.Interfaces[k].Link = &link
			}
		}
		n.Rules = slices.Clone(n.Rules)
		for k := range n.Rules {
			t := &n.Rules[k]
			t.Chains = slices.Clone(t.Chains)
			for c := range t.Chains {
				if t.Chains[c].Counted != nil {
					t.Chains[c].Counted = &trace.Count{Packets: 7, Bytes: 7}
				}
				t.Chains[c].Rules = slices.Clone(t.Chains[c].Rules)
				for r := range t.Chains[c].Rules {
					if counting := &t.Chains[c].Rules[r]; t.Counts(counting) {
						counting.Packets += 7
						counting.Bytes += 7
					}
				}
			}
		}
	}
	return s
}

// TestPast: what happened up to a position is described as it is in the whole trace.
func TestPast(t *testing.T) {
	for name, tr := range lessons(t) {
		whole := explain.English().Account(tr, explain.NewSigns(false))
		for _, p := range positions(tr) {
			shown := Upto(tr, p)
			part := explain.English().Account(shown, explain.NewSigns(false))
			j := shown.Journey(p.Journey)
			got, want := part.Stop(j, p.Stop), whole.Stop(tr.Journey(p.Journey), p.Stop)
			want = slices.DeleteFunc(want, func(r explain.Row) bool { return r.Moment > p.Moment })
			if !slices.EqualFunc(told(got), told(want), func(a, b explain.Row) bool {
				return a.Kind == b.Kind && a.Moment == b.Moment && a.Text == b.Text && a.Note == b.Note
			}) {
				t.Errorf("%s at %+v:\n%+v\nnot\n%+v", name, p, told(got), told(want))
				break
			}
		}
	}
}

// told selects the rows that are the same at any time. The others say where the packet goes
// next, or what came of it.
func told(rows []explain.Row) []explain.Row {
	return slices.DeleteFunc(rows, func(r explain.Row) bool {
		switch r.Kind {
		case explain.KindStretch, explain.KindProxy, explain.KindOutcome, explain.KindReported, explain.KindDiscarded, explain.KindAmbiguous:
			return true
		}
		return false
	})
}

// unseen reports whether a packet was on no interface, so that its length is not known.
func unseen(t *trace.Trace) bool {
	return slices.ContainsFunc(t.Journeys, func(j trace.Journey) bool { return len(j.Hops) == 0 })
}

// TestEnd: at the end of the walk, everything is shown.
func TestEnd(t *testing.T) {
	for name, tr := range lessons(t) {
		all := positions(tr)
		for i := len(all) - 1; ; i-- {
			if all[i].Journey > 0 {
				if Upto(tr, all[i]) != tr {
					t.Errorf("%s: at %+v not everything is shown", name, all[i])
				}
				break
			}
		}
	}
}

// TestCommand: rules that a command deletes are there until it has run, and count.
func TestCommand(t *testing.T) {
	tr := lessons(t)["flush-nat"]
	at := func(request int) (rules int, counted uint64) {
		for _, j := range slices.Backward(tr.Journeys) {
			if j.Request == request {
				for _, c := range Upto(tr, Position{j.ID, len(j.Hops) - 1, 0}).State.Node("host").Table("nat").Chains {
					for _, r := range c.Rules {
						rules++
						counted += r.Packets
					}
				}
				return rules, counted
			}
		}
		t.Fatalf("no packet of request %d", request)
		return 0, 0
	}
	if rules, counted := at(1); rules < 4 || counted == 0 {
		t.Errorf("before the nat table is flushed, it has %d rules that counted %d packets", rules, counted)
	}
	if rules, _ := at(3); rules != 0 {
		t.Errorf("after the nat table was flushed, it has %d rules", rules)
	}
}
