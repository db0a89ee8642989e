package live

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/google/gopacket/layers"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/expect"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// cases is the directory of small networks, each of which shows one thing that kernels do
// to packets. NAME.yaml is a scenario. Shell scripts do what scenarios cannot express:
//
//	NAME@NODE.sh    runs in a node once the network is built, before it is recorded
//	NAME@NODE.2.sh  runs there just before the second request is sent
const cases = "testdata/cases"

// TestCases runs every case as tracer run does. Its expectations are met, nothing is
// missing, every change has an observed cause, every frame belongs to one packet, and the
// numbers of rule steps and new conntrack entries match the kernel's counts.
func TestCases(t *testing.T) {
	for _, name := range caseNames(t) {
		t.Run(name, func(t *testing.T) { checkCase(t, name) })
	}
}

func caseNames(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cases, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".yaml"))
	}
	return names
}

func checkCase(t *testing.T, name string) {
	s, err := scenarios.Load(filepath.Join(cases, name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Expect) == 0 {
		t.Error("nothing is expected")
	}
	if name == "bulk" && !labtest.MachineRoot(t) {
		t.Skip("the queues that a plain user gets are too short for it (net.core.rmem_max)")
	}
	session, entries := openCase(t, s)
	defer session.Close()
	tr, err := session.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range expect.Check(s, tr) {
		t.Errorf("line %d: %s", u.Line, u.Text)
	}
	if err := tr.Check(); err != nil {
		t.Error(err)
	}
	if gaps := gapsOf(tr); gaps != (trace.Gaps{}) {
		t.Errorf("gaps: %+v\n%s", gaps, strings.Join(ambiguous(tr), "\n"))
	}
	for _, f := range unaccounted(tr) {
		t.Error(f)
	}
	for _, c := range append(inferred(tr), answeredOtherwise(tr)...) {
		t.Error(c)
	}
	checkSaved(t, tr)
	for _, n := range s.Topology.Nodes {
		checkCounters(t, session, n.Name, tr)
	}
	for _, w := range entries {
		w.check(t, tr)
	}
	if t.Failed() {
		t.Log(told(t, tr))
	}
}

// openCase builds a scenario's network, runs the scripts that prepare it, and begins to
// record. Meanwhile conntrack entries are counted.
func openCase(t *testing.T, s *scenarios.Scenario) (*Session, []*entryWatch) {
	t.Helper()
	r := NewRecorder(Options{})
	l, err := sim.Build(t.Context(), s.Topology, sim.Options{Prepare: func(n sim.Node) error { return r.Watch(labNode(n)) }})
	if err != nil {
		r.Close()
		t.Fatal(err)
	}
	for _, n := range s.Topology.Nodes {
		if err := l.Do(n.Name, quietBridges); err != nil {
			t.Fatal(err)
		}
	}
	sent := 0
	session := &Session{scenario: s, lab: newLab(l, s.Engines), recorder: r, say: func(doing string) {
		if strings.HasPrefix(doing, "sending ") {
			sent++
			runScripts(t, l, s.Name, fmt.Sprintf(".%d.sh", sent))
		}
	}}
	runScripts(t, l, s.Name, ".sh")
	entries := watchEntries(t, l)
	if err := r.Start(session.lab); err != nil {
		session.Close()
		t.Fatal(err)
	}
	return session, entries
}

// quietBridges keeps the kernel from repeating its IGMP reports that bridges are interested
// in multicast. A report that is sent after the recording ends would be counted by the
// chains' policies, and no step would name it (net/ipv4/igmp.c).
func quietBridges() error {
	return os.WriteFile("/proc/sys/net/ipv4/igmp_link_local_mcast_reports", []byte("0"), 0o644)
}

// runScripts runs a case's scripts whose names have an ending, each in the namespace of
// its node.
func runScripts(t *testing.T, l *sim.Lab, name, ending string) {
	t.Helper()
	for _, n := range l.Topology().Nodes {
		script := filepath.Join(cases, name+"@"+n.Name+ending)
		text, err := os.ReadFile(script)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if words := strings.Fields(line); len(words) > 0 && !strings.HasPrefix(line, "#") {
				labtest.Peer(t, words[0])
			}
		}
		if err := l.Do(n.Name, func() error {
			if out, err := exec.Command("sh", "-e", script).CombinedOutput(); err != nil {
				return fmt.Errorf("%s: %w\n%s", script, err, out)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// inferred lists the changes of a trace for which no cause was observed.
func inferred(tr *trace.Trace) (list []string) {
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		if j.Background() {
			continue
		}
		changes := j.Outcome.Changes
		for h := range j.Hops {
			changes = append(changes, j.Hops[h].Changes...)
		}
		for _, c := range changes {
			if c.Cause.Kind == trace.CauseInferred {
				list = append(list, fmt.Sprintf("#%d %s: %s %s ⇒ %s is inferred", j.ID, j.Summary, c.Field, c.From, c.To))
			}
		}
	}
	return list
}

// answeredOtherwise lists the rejected packets whose answer was not the stated one.
func answeredOtherwise(tr *trace.Trace) (list []string) {
	for i := range tr.Journeys {
		o := &tr.Journeys[i].Outcome
		by := tr.Journey(o.ReportedBy)
		if o.Reason != trace.ReasonReject || by == nil {
			continue
		}
		p := &by.Hops[0].Packet
		seen := trace.Reject{Reset: p.Protocol == layers.IPProtocolTCP && p.TCP.Flags&trace.RST != 0, Type: p.ICMP.Type, Code: p.ICMP.Code}
		if o.Answer != seen {
			list = append(list, fmt.Sprintf("#%d %s: rejected with %s, not %s", tr.Journeys[i].ID, tr.Journeys[i].Summary, seen, o.Answer))
		}
	}
	return list
}

// checkSaved checks that a trace, and each of its packets alone if there are few, reads back
// as it was saved, and can be explained.
func checkSaved(t *testing.T, tr *trace.Trace) {
	t.Helper()
	all := []trace.Trace{*tr}
	for i := range tr.Journeys {
		if len(tr.Journeys) > 100 {
			break
		}
		one := *tr
		one.Journeys = tr.Journeys[i : i+1 : i+1]
		all = append(all, one)
	}
	for i := range all {
		var saved, again bytes.Buffer
		if err := export.JSON(&saved, &all[i], explain.English()); err != nil {
			t.Fatal(err)
		}
		read, err := export.Read(bytes.NewReader(saved.Bytes()))
		if err != nil {
			t.Errorf("%d: reading what was saved: %v", i, err)
			continue
		}
		if err := export.JSON(&again, read, explain.English()); err != nil || !bytes.Equal(saved.Bytes(), again.Bytes()) {
			t.Errorf("%d: saved again it differs (%v)", i, err)
		}
		told(t, read)
	}
}

// told returns a trace as text for the log of a failed test.
func told(t *testing.T, tr *trace.Trace) string {
	t.Helper()
	var b strings.Builder
	if err := export.Text(&colorprofile.Writer{Forward: &b, Profile: colorprofile.NoTTY}, tr, export.TextOptions{Language: explain.English(), Unmatched: true}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
