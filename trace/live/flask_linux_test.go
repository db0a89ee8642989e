package live

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/trace"
	"tracer/trace/expect"
)

const (
	dnatRule       = "! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000"
	masqueradeRule = "-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE"
)

// flask runs flask-demo with a change to its scenario and options:
//
//	client              host                                    flask
//	192.168.52.202      192.168.52.203      172.17.0.1          172.17.0.2
//	eth0 ────────────── ens160 ─ routing ─ docker0 ─ vethXXX ── eth0
//	curl :80                  DNAT to 172.17.0.2:5000           listens on port 5000
func flask(t testing.TB, bridgeNetfilter string, o Options) *trace.Trace {
	t.Helper()
	tr, _ := flaskCounted(t, bridgeNetfilter, o)
	return tr
}

// flaskCounted also returns how many TCP segments the kernel sent again.
func flaskCounted(t testing.TB, bridgeNetfilter string, o Options) (tr *trace.Trace, retransmitted int) {
	t.Helper()
	s, err := scenarios.Load("flask-demo")
	if err != nil {
		t.Fatal(err)
	}
	if bridgeNetfilter != "" {
		for i := range s.Topology.Nodes {
			if n := &s.Topology.Nodes[i]; n.Role == sim.RoleHost {
				n.Sysctls = append(n.Sysctls, sim.Sysctl{Key: "net.bridge.bridge-nf-call-iptables", Value: bridgeNetfilter})
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	session, err := Open(ctx, s, o)
	if err != nil {
		t.Fatal(err)
	}
	tr, err = session.Send(ctx)
	for _, n := range s.Topology.Nodes {
		retransmitted += retransmits(t, session, n.Name)
	}
	if err := errors.Join(err, session.Close()); err != nil {
		t.Fatal(err)
	}
	for _, u := range expect.Check(s, tr) {
		t.Errorf("line %d: %s", u.Line, u.Text)
	}
	return tr, retransmitted
}

// retransmits reads the kernel's count of retransmitted TCP segments in a node, which
// includes SYNs and their answers.
func retransmits(t testing.TB, s *Session, node string) (n int) {
	t.Helper()
	err := s.Do(node, func() error {
		text, err := os.ReadFile("/proc/thread-self/net/snmp")
		if err != nil {
			return err
		}
		var names []string
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			switch {
			case fields[0] != "Tcp:":
			case names == nil:
				names = fields
			default:
				n, err = strconv.Atoi(fields[slices.Index(names, "RetransSegs")])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func find(t *testing.T, tr *trace.Trace, summary string) *trace.Journey {
	t.Helper()
	for i := range tr.Journeys {
		if tr.Journeys[i].Summary == summary {
			return &tr.Journeys[i]
		}
	}
	t.Fatalf("no %s", summary)
	return nil
}

func change(h *trace.Hop, f trace.Field) *trace.Change {
	for i := range h.Changes {
		if h.Changes[i].Field == f {
			return &h.Changes[i]
		}
	}
	return nil
}

func places(j *trace.Journey) string {
	var out []string
	for _, h := range j.Hops {
		name := h.Interface
		if strings.HasPrefix(name, "veth") {
			name = "veth"
		}
		out = append(out, h.Node+"/"+name+" "+h.Direction.String())
	}
	return strings.Join(out, ", ")
}

func TestRequest(t *testing.T) {
	tr := flask(t, "", Options{})
	syn := find(t, tr, "TCP SYN")
	if want := "client/eth0 out, host/ens160 in, host/docker0 out, host/veth out, flask/eth0 in"; places(syn) != want {
		t.Fatalf("the SYN was seen at %s", places(syn))
	}
	for i, h := range syn.Hops {
		if i != 2 && len(h.Changes) != 0 {
			t.Errorf("changes before hop %d: %+v", i, h.Changes)
		}
	}
	docker0 := &syn.Hops[2]
	dst := change(docker0, trace.FieldDestination)
	if dst == nil || dst.From != endpoint("192.168.52.203:80") || dst.To != endpoint("172.17.0.2:5000") || dst.Hook != trace.Prerouting ||
		dst.Cause.Kind != trace.CauseRule || dst.Cause.Rule.String() != "nat DOCKER "+dnatRule || dst.Cause.Rule.Handle == 0 {
		t.Errorf("destination: %+v", dst)
	}
	ttl := change(docker0, trace.FieldTTL)
	if ttl == nil || ttl.From != trace.TTL(64) || ttl.To != trace.TTL(63) || ttl.Cause.Kind != trace.CauseRouting || ttl.Cause.Route.Short() != "172.17.0.0/16 dev docker0" {
		t.Errorf("ttl: %+v", ttl)
	}
	for f, want := range map[trace.Field]string{
		trace.FieldSourceMAC: tr.State.Node("host").Interface("docker0").MAC.String(), trace.FieldDestinationMAC: "02:42:ac:11:00:02",
	} {
		if c := change(docker0, f); c == nil || c.To.String() != want || c.Cause.Kind != trace.CauseNeighbour {
			t.Errorf("%s: %+v", f, c)
		}
	}
	if c := change(docker0, trace.FieldSource); c != nil {
		t.Errorf("the source changed: %+v", c)
	}
	if a := docker0.Conntrack; a == nil || a.Direction != trace.Original || a.Observed && a.State != trace.StateNew {
		t.Errorf("conntrack of the SYN: %+v", a)
	}
	if got := docker0.Hooks; !slices.Equal(got, []trace.Hook{trace.Prerouting, trace.Forward, trace.Postrouting}) {
		t.Errorf("the SYN passed %v", got)
	}
	if docker0.Evidence != trace.EvidenceTrace {
		t.Errorf("evidence %s", docker0.Evidence)
	}
}

// TestUnmatched: rules that did not match name the condition that failed.
func TestUnmatched(t *testing.T) {
	tr := flask(t, "", Options{})
	got := map[string]string{}
	for _, summary := range []string{"TCP SYN", "TCP SYN-ACK"} {
		for _, h := range find(t, tr, summary).Hops {
			for _, s := range h.Steps {
				for _, m := range s.Unmatched {
					got[summary+" "+s.Table+" "+s.Chain+" "+m.Text] = m.Condition + ": " + m.Was
				}
			}
		}
	}
	want := map[string]string{
		"TCP SYN nat DOCKER -i docker0 -j RETURN":                                                            "-i docker0: ens160",
		"TCP SYN nat POSTROUTING " + masqueradeRule:                                                          "-s 172.17.0.0/16: 192.168.52.202",
		"TCP SYN nat POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 5000 -j MASQUERADE": "-s 172.17.0.2/32: 192.168.52.202",
		"TCP SYN filter DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2":        "-i docker0: ens160",
		"TCP SYN filter FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT":             "--ctstate RELATED,ESTABLISHED: NEW",
		"TCP SYN-ACK filter FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT":         "-o docker0: ens160",
		"TCP SYN-ACK filter FORWARD -o docker0 -j DOCKER":                                                    "-o docker0: ens160",
		"TCP SYN-ACK filter DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP":                                     "-o docker0: ens160",
	}
	if !find(t, tr, "TCP SYN").Hops[2].Conntrack.Observed {
		want["TCP SYN filter FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"] = ": " // kernels before 6.16 do not report the state
	}
	if !maps.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestReplies(t *testing.T) {
	tr := flask(t, "", Options{})
	syn := find(t, tr, "TCP SYN")
	replies := 0
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		if j.Flow != syn.Flow || j.Direction != trace.Reply {
			continue
		}
		replies++
		if want := "flask/eth0 out, host/veth in, host/docker0 in, host/ens160 out, client/eth0 in"; places(j) != want {
			t.Errorf("#%d %s was seen at %s", j.ID, j.Summary, places(j))
			continue
		}
		for _, h := range j.Hops {
			if slices.ContainsFunc(h.Steps, func(s trace.Step) bool { return s.Table == "nat" }) {
				t.Errorf("#%d %s met a nat rule: %+v", j.ID, j.Summary, h.Steps)
			}
		}
		src := change(&j.Hops[3], trace.FieldSource)
		if src == nil || src.From != endpoint("172.17.0.2:5000") || src.To != endpoint("192.168.52.203:80") || src.Hook != trace.Postrouting ||
			src.Cause.Kind != trace.CauseConntrack || !src.Cause.Reverse || src.Cause.Translation != trace.DNAT ||
			src.Cause.Origin.Journey != syn.ID || src.Cause.Origin.Rule.String() != "nat DOCKER "+dnatRule || src.Cause.Origin.Rule.Handle == 0 {
			t.Errorf("#%d %s: source: %+v", j.ID, j.Summary, src)
		}
	}
	if replies < 4 {
		t.Errorf("%d replies; SYN-ACK, ACK, data and FIN are at least expected", replies)
	}
}

// TestWholeConnection: every packet of the connection is recorded and delivered, from the
// handshake to the last acknowledgment.
func TestWholeConnection(t *testing.T) {
	tr := flask(t, "", Options{})
	if gaps := gapsOf(tr); gaps != (trace.Gaps{}) {
		t.Errorf("gaps: %+v\n%s", gaps, strings.Join(ambiguous(tr), "\n"))
	}
	for _, f := range unaccounted(tr) {
		t.Error(f)
	}
	var last *trace.Journey
	fins, arp := 0, 0
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		if j.Outcome.Kind != trace.OutcomeDelivered && !j.Background() {
			t.Errorf("#%d %s was %s", j.ID, j.Summary, j.Outcome.Kind)
		}
		for _, h := range j.Hops {
			for _, c := range h.Changes {
				if c.Cause.Kind == trace.CauseInferred {
					t.Errorf("#%d %s: %s is inferred", j.ID, j.Summary, c.Field)
				}
			}
		}
		switch {
		case strings.HasPrefix(j.Summary, "TCP"):
			last = j
			if strings.Contains(j.Summary, "FIN") {
				fins++
			}
		case strings.HasPrefix(j.Summary, "ARP"):
			arp++
		}
	}
	if fins != 2 || last == nil || last.Summary != "TCP ACK" {
		t.Errorf("%d FINs; the last packet is %+v", fins, last)
	}
	if arp != 4 {
		t.Errorf("%d ARP packets, not two questions and two answers", arp)
	}
	count := func(chain, rule string) uint64 {
		for _, r := range tr.State.Node("host").Table("nat").Chain(chain).Rules {
			if r.Text == rule {
				return r.Packets
			}
		}
		t.Fatalf("no rule %s %s", chain, rule)
		return 0
	}
	if n := count("DOCKER", dnatRule); n != 1 {
		t.Errorf("the DNAT rule counted %d packets", n)
	}
	if n := count("POSTROUTING", masqueradeRule); n != 0 {
		t.Errorf("the MASQUERADE rule counted %d packets", n)
	}
	if a := tr.Answers; len(a) != 1 || a[0].From != "client" || a[0].URL != "http://192.168.52.203/" || a[0].Text != "200 Hello" || a[0].Command {
		t.Errorf("answers: %+v", a)
	}
}
