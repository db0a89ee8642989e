package live

import (
	"testing"

	"tracer/scenarios"
	"tracer/trace"
)

// tracked is a conntrack entry of a node.
type tracked struct {
	node  string
	entry uint32
}

// entriesOf returns the packets that belong to each entry, and those that made it.
func entriesOf(tr *trace.Trace) (packets, made map[tracked][]int) {
	packets, made = map[tracked][]int{}, map[tracked][]int{}
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		note := func(node string, a *trace.Association) {
			if a == nil || !a.Observed {
				return
			}
			at := tracked{node, a.Entry}
			packets[at] = append(packets[at], j.ID)
			if a.Created {
				made[at] = append(made[at], j.ID)
			}
		}
		for k := range j.Hops {
			note(j.Hops[k].Node, j.Hops[k].Conntrack)
		}
		note(j.Outcome.Node, j.Outcome.Conntrack)
	}
	return packets, made
}

// TestEntries: conntrack makes an entry for the first packet of each connection, translated
// or not, and once. An entry that its packet did not survive is the only one that nobody
// else belongs to.
func TestEntries(t *testing.T) {
	for _, name := range []string{"direct-access", "flask-demo", "localhost", "bridge-netfilter"} {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := Run(t.Context(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		packets, made := entriesOf(tr)
		if len(packets) == 0 {
			t.Skip("before Linux 6.16, the rule trace does not name entries")
		}
		for at, ids := range packets {
			if by := made[at]; len(by) != 1 || by[0] != ids[0] {
				t.Errorf("%s: entry %v of packets %v was made by %v", name, at, ids, by)
			}
		}
		for i := range tr.Journeys {
			j := &tr.Journeys[i]
			if a := j.Outcome.Conntrack; j.Outcome.Kind == trace.OutcomeDropped && j.Outcome.Hook != 0 && (a == nil || !a.Created || !a.Unconfirmed) {
				t.Errorf("%s: #%d %s was dropped, and its entry is %+v", name, j.ID, j.Summary, a)
			}
		}
	}
}

// TestRefused: a SYN to a port without a listener is delivered, and answered with a reset.
// The reset ends the entry.
func TestRefused(t *testing.T) {
	s, err := scenarios.Load("bound-to-loopback")
	if err != nil {
		t.Fatal(err)
	}
	tr, err := Run(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		if j.Summary != "TCP SYN" || j.Outcome.Reason != trace.ReasonNoListener {
			continue
		}
		refused++
		if by := tr.Journey(j.Outcome.ReportedBy); j.Outcome.Kind != trace.OutcomeDelivered || by == nil || by.Summary != "TCP RST-ACK" {
			t.Errorf("#%d: %+v", j.ID, j.Outcome)
		}
		if e := tr.Flow(j.Flow).Entry; !e.Destroyed || e.State != trace.Close || !e.Unreplied {
			t.Errorf("#%d: %+v", j.ID, e)
		}
	}
	if refused == 0 {
		t.Error("no SYN was refused")
	}
}
