package trace

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket/layers"
)

// toServer returns a UDP packet whose outcome says that the server received it.
func toServer(id, flow int, at time.Duration, o Outcome) Journey {
	o.Kind, o.Node = OutcomeDelivered, "server"
	return Journey{ID: id, Flow: flow, Outcome: o, Hops: []Hop{
		{Node: "client", Direction: Out, Time: time.Unix(0, 0).Add(at), Packet: udpFrom("10.0.0.1", "10.0.0.2")},
		{Node: "server", Direction: In, Time: time.Unix(0, 0).Add(at), Packet: udpFrom("10.0.0.1", "10.0.0.2")},
	}}
}

func udpFrom(from, to string) Headers {
	return Headers{
		EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolUDP,
		Src: netip.AddrPortFrom(netip.MustParseAddr(from), 40000), Dst: netip.AddrPortFrom(netip.MustParseAddr(to), 53),
	}
}

// TestReconcile: if a node counted fewer deliveries than the outcomes state, outcomes that were
// only inferred become unknown, but not those of packets that the node answered, as far as the
// numbers permit.
func TestReconcile(t *testing.T) {
	reply := Journey{ID: 5, Flow: 2, Outcome: Outcome{Kind: OutcomeDelivered, Node: "client"}, Hops: []Hop{
		{Node: "server", Direction: Out, Time: time.Unix(0, 0).Add(time.Second / 2), Packet: udpFrom("10.0.0.2", "10.0.0.1")},
	}}
	for _, c := range []struct {
		delivered uint64
		unknown   []int
	}{
		{9, nil}, {4, nil}, {3, []int{1}}, {2, []int{1, 2}}, {0, []int{1, 2}},
	} {
		tr := &Trace{
			State: State{Nodes: []Node{{Name: "client"}, {Name: "server"}}},
			Journeys: []Journey{
				toServer(1, 1, 0, Outcome{}),
				toServer(2, 2, 0, Outcome{}), // answered
				toServer(3, 3, 0, Outcome{Hooks: []Hook{Prerouting, Input}}),
				toServer(4, 4, 0, Outcome{Reason: ReasonNoListener, ReportedBy: 9}),
				reply,
				toServer(6, 1, 2*time.Second, Outcome{}), // after the counters were read
			},
		}
		tr.Reconcile(map[string]Counts{"server": {InReceives: 5, InDelivers: c.delivered}}, func(at time.Time) bool { return at.Before(time.Unix(1, 0)) })
		var unknown []int
		for _, j := range tr.Journeys {
			if j.Outcome.Kind == OutcomeUnseen && j.Outcome.Reason == ReasonNotCounted {
				unknown = append(unknown, j.ID)
			}
		}
		if !slices.Equal(unknown, c.unknown) {
			t.Errorf("%d were counted: %v are unknown, not %v", c.delivered, unknown, c.unknown)
		}
	}
}

// TestUnexplained: the losses that a node counted, minus those that the outcomes explain.
func TestUnexplained(t *testing.T) {
	tr := &Trace{State: State{Nodes: []Node{{Name: "server"}, {Name: "client"}}}, Journeys: []Journey{
		toServer(1, 1, 0, Outcome{Reason: ReasonNoListener, ReportedBy: 9}),
		toServer(2, 2, 0, Outcome{}),
	}}
	tr.Reconcile(map[string]Counts{"server": {InReceives: 2, InDelivers: 2, UDPNoPort: 2, UDPInErrors: 3, OutNoRoutes: 4}}, func(time.Time) bool { return true })
	if got, want := tr.State.Nodes[0].Unexplained, []Counted{{UDPNoPort, 1}, {UDPInErrors, 3}}; !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
	if got := tr.State.Nodes[1].Unexplained; got != nil {
		t.Errorf("nothing was counted for client, but %v", got)
	}
}

// TestReconcileNoIPv6: what a node without IPv6 discards is explained, and what another one
// discards is not.
func TestReconcileNoIPv6(t *testing.T) {
	for _, off := range []bool{true, false} {
		tr := &Trace{State: State{Nodes: []Node{{Name: "web", Interfaces: []Interface{{Name: "lo"}, {Name: "eth0", Reception: Reception{NoIPv6: off}}}}}}}
		tr.Reconcile(map[string]Counts{"web": {In6Discards: 2}}, func(time.Time) bool { return true })
		if got := tr.State.Nodes[0].Unexplained; (len(got) == 0) != off {
			t.Errorf("without IPv6 %v: %v", off, got)
		}
	}
}
