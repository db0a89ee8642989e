package live

import (
	"bytes"
	"fmt"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// TestPolicyRouting: a forwarded packet's route and next hop are those that the kernel used,
// in networks with a routing policy, with several next hops, and with routes that lead
// nowhere; and tracer can read back what it writes about such networks.
func TestPolicyRouting(t *testing.T) {
	for name, c := range map[string]struct{ commands, route, neighbour string }{
		"a rule": {`rule add from 10.1.0.2 priority 100 table 100
			route add 192.0.2.80 via 10.2.0.2 table 100
			route add default via 10.2.0.99`, "192.0.2.80 via 10.2.0.2 dev eth0", "10.2.0.2"},
		"next hops": {`route add default nexthop via 10.2.0.2 dev eth0 weight 1 nexthop via 10.2.0.3 dev eth0 weight 1`,
			"default nexthop via 10.2.0.2 dev eth0 weight 1 nexthop via 10.2.0.3 dev eth0 weight 1", "10.2.0."},
		"a black hole": {`route add blackhole 192.0.2.0/24
			route add unreachable 203.0.113.0/24 table 7
			route add 192.0.2.80 via 10.2.0.2`, "192.0.2.80 via 10.2.0.2 dev eth0", "10.2.0.2"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(routed, "http://10.1.0.1:8080/", "http://192.0.2.80/", 1)
			text = strings.Replace(text, "[10.2.0.2/24]", "[10.2.0.2/24, 10.2.0.3/24, 192.0.2.80/32]", 1)
			session := openFor(t, scenarioOf(t, strings.Replace(text, "    rules:RULES\n", "", 1)), Options{})
			configure(t, session, "gateway", c.commands)
			tr, err := session.Send(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(tr.Answers) != 1 || tr.Answers[0].Text != "200 Hello" {
				t.Fatalf("%+v", tr.Answers)
			}
			judgeRoutes(t, tr, c.route, c.neighbour)
			var b bytes.Buffer
			if err := export.JSON(&b, tr, explain.English()); err != nil {
				t.Fatal(err)
			}
			again, err := export.Read(&b)
			if err != nil {
				t.Fatal(err)
			}
			for i := range tr.State.Nodes {
				if got, want := again.State.Nodes[i], tr.State.Nodes[i]; !reflect.DeepEqual(got.Routes, want.Routes) || !reflect.DeepEqual(got.Tables, want.Tables) || !reflect.DeepEqual(got.Policy, want.Policy) {
					t.Errorf("read: %+v\nwritten: %+v", got, want)
				}
			}
		})
	}
}

// TestHopsAlike: if two next hops are one machine, tracer does not guess which one was used.
func TestHopsAlike(t *testing.T) {
	text := strings.Replace(routed, "http://10.1.0.1:8080/", "http://192.0.2.80/", 1)
	text = strings.Replace(text, "[10.2.0.2/24]", "[10.2.0.2/24, 10.2.0.3/24, 192.0.2.80/32]", 1)
	session := openFor(t, scenarioOf(t, strings.Replace(text, "    rules:RULES\n", "", 1)), Options{})
	s, err := session.recorder.snapshot()
	if err != nil {
		t.Fatal(err)
	}
	mac := s.State.Node("server").Interface("eth0").MAC.String()
	configure(t, session, "gateway", "neigh add 10.2.0.2 dev eth0 lladdr "+mac+"\nneigh add 10.2.0.3 dev eth0 lladdr "+mac+`
		route add 192.0.2.80 nexthop via 10.2.0.2 dev eth0 nexthop via 10.2.0.3 dev eth0`)
	tr, err := session.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	inferred := 0
	for i := range tr.Journeys {
		for _, h := range tr.Journeys[i].Hops {
			for _, c := range h.Changes {
				if h.Node != "gateway" || h.Interface != "eth0" || h.Direction != trace.Out || c.Field != trace.FieldDestinationMAC {
					continue
				}
				if inferred++; c.Cause.Kind != trace.CauseInferred {
					t.Errorf("#%d: %+v", tr.Journeys[i].ID, c)
				}
			}
		}
	}
	if inferred < 3 {
		t.Errorf("%d requests were forwarded", inferred)
	}
}

// judgeRoutes checks the causes of the changes that the gateway made to requests.
func judgeRoutes(t *testing.T, tr *trace.Trace, route, neighbour string) {
	t.Helper()
	forwarded := 0
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		for _, h := range j.Hops {
			if h.Node != "gateway" || h.Interface != "eth0" || h.Direction != trace.Out || j.Direction != trace.Original || !h.Packet.IsIP() {
				continue
			}
			for _, c := range h.Changes {
				switch c.Field {
				case trace.FieldTTL:
					forwarded++
					if c.Cause.Kind != trace.CauseRouting || c.Cause.Route.Short() != route {
						t.Errorf("#%d: %+v", j.ID, c)
					}
				case trace.FieldDestinationMAC:
					if c.Cause.Kind != trace.CauseNeighbour || !strings.HasPrefix(c.Cause.Neighbour.String(), neighbour) {
						t.Errorf("#%d: %+v", j.ID, c)
					}
				}
			}
		}
	}
	if forwarded < 3 {
		t.Errorf("%d requests were forwarded", forwarded)
	}
}

// configure runs commands of ip in a node.
func configure(t *testing.T, session *Session, node, commands string) {
	t.Helper()
	path := labtest.Peer(t, "ip")
	if err := session.Do(node, func() error {
		for line := range strings.Lines(commands) {
			if out, err := exec.Command(path, strings.Fields(line)...).CombinedOutput(); err != nil {
				return fmt.Errorf("ip %s: %w: %s", strings.TrimSpace(line), err, out)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
