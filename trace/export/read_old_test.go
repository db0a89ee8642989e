package export

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tracer/trace"
	"tracer/trace/explain"
)

// old reads a file that the first version of schema 1 wrote.
func old(t *testing.T, name string) *trace.Trace {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "old", name+".json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tr, err := ReadFile(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return tr
}

// TestReadOldOutcome: what the first version said in a text is read into the fields of
// today, and none of it is lost when it is written in today's form.
func TestReadOldOutcome(t *testing.T) {
	for name, want := range map[string]trace.Outcome{
		"direct-access":        {Kind: trace.OutcomeDropped, Node: "host", Hook: trace.Forward, Reason: trace.ReasonPolicy, Rule: trace.RuleRef{Table: "filter", Chain: "FORWARD"}},
		"tcpdump-sees-dropped": {Kind: trace.OutcomeDropped, Node: "host", Hook: trace.Input, Reason: trace.ReasonRule, Rule: trace.RuleRef{Table: "filter", Chain: "INPUT", Handle: 4, Text: "-p tcp -m tcp --dport 8022 -j DROP"}},
		"mtu-black-hole":       {Kind: trace.OutcomeDropped, Node: "router", Reason: trace.ReasonTooBig, Interface: "lan0", Length: 1500, MTU: 1400},
		"metadata-dnat":        {Kind: trace.OutcomeDropped, Node: "host", Reason: trace.ReasonMartian, Interface: "docker0", Destination: netip.MustParseAddr("127.0.0.1")},
		"no-default-route":     {Kind: trace.OutcomeDropped, Node: "host", Reason: trace.ReasonNoRoute, Destination: netip.MustParseAddr("180.101.49.12")},
		"not-forwarding":       {Kind: trace.OutcomeDropped, Node: "router", Reason: trace.ReasonNotForwarding, Interface: "eth0"},
		"others-went-on":       {Kind: trace.OutcomeUnseen, Node: "host", Reason: trace.ReasonOthersWentOn, Others: trace.Point{Node: "host", Interface: "docker0"}},
	} {
		tr := old(t, name)
		seen := 0
		for i := range tr.Journeys {
			o := tr.Journeys[i].Outcome
			if o.Reason != want.Reason {
				continue
			}
			seen++
			o.ReportedBy, o.Hooks, o.Steps, o.Changes = 0, nil, nil, nil
			if !reflect.DeepEqual(o, want) {
				t.Errorf("%s: #%d: %+v, not %+v", name, tr.Journeys[i].ID, o, want)
			}
		}
		if seen == 0 {
			t.Errorf("%s: no packet ends for the reason %v", name, want.Reason)
		}
		var today bytes.Buffer
		if err := JSON(&today, tr, explain.English()); err != nil {
			t.Fatal(err)
		}
		again, err := Read(&today)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(again, tr) {
			t.Errorf("%s: differs when it is written as today and read again", name)
		}
	}
}

// TestReadOldEntry: the state of a connection is in the text of its entry.
func TestReadOldEntry(t *testing.T) {
	states := map[trace.TCPState]int{}
	for _, f := range old(t, "mtu-black-hole").Flows {
		e := f.Entry
		states[e.State]++
		words := " " + e.Text + " "
		if e.State != 0 && !strings.HasPrefix(e.Text, "tcp "+e.State.String()+" ") || e.State == 0 && strings.HasPrefix(e.Text, "tcp") ||
			e.Unreplied != strings.Contains(words, " [UNREPLIED] ") || e.Assured != strings.Contains(words, " [ASSURED] ") {
			t.Errorf("%+v", e)
		}
	}
	if states[trace.CloseWait] == 0 || states[0] == 0 {
		t.Errorf("states: %v", states)
	}
}

// TestReadOldMistakes: a text that does not have what its reason needs is refused.
func TestReadOldMistakes(t *testing.T) {
	for reason, texts := range map[trace.Reason][]string{
		trace.ReasonTooBig:  {"1500 bytes", "lan0", "big bytes, and lan0 takes 1400"},
		trace.ReasonMartian: {"loopback by eth0", "by"},
		trace.ReasonNoRoute: {"nowhere", "10.0.0.0/8"},
	} {
		for _, text := range texts {
			o := trace.Outcome{Reason: reason, Rule: trace.RuleRef{Text: text}}
			if err := oldOutcome(&o); err == nil {
				t.Errorf("%v: %q: %+v", reason, text, o)
			}
		}
	}
	today := trace.Outcome{Reason: trace.ReasonRule, Rule: trace.RuleRef{Table: "a b", Chain: "c", Text: "a b c -j DROP"}}
	if want := today; oldOutcome(&today) != nil || !reflect.DeepEqual(today, want) {
		t.Errorf("%+v", today)
	}
}
