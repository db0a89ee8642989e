package correlate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/internal/fakekernel"
)

// twoSwitches returns a network of two switches, each with a sender and a receiver. The
// addresses on both are the same, even the hardware addresses. The router between the
// switches, if there is one, connects their networks, but not their links.
//
//	a1 10.0.0.2 ── switch1 ── a2 10.0.0.3      b1 10.0.0.2 ── switch2 ── b2 10.0.0.3
//	                  │                                           │
//	                  └──────────────── router ───────────────────┘
func twoSwitches() fakekernel.Topology {
	station := func(name, address string) fakekernel.Node {
		return fakekernel.Node{Name: name, Ports: []fakekernel.Port{{Name: "eth0", Address: address}}}
	}
	ports := []fakekernel.Port{{Name: "br0"}, {Name: "p1", Bridge: "br0"}, {Name: "p2", Bridge: "br0"}, {Name: "p3", Bridge: "br0"}}
	return fakekernel.Topology{
		Nodes: []fakekernel.Node{
			station("a1", "10.0.0.2/24"), station("a2", "10.0.0.3/24"), {Name: "switch1", Ports: ports},
			station("b1", "10.0.0.2/24"), station("b2", "10.0.0.3/24"), {Name: "switch2", Ports: ports},
			{Name: "router", Role: trace.RoleRouter, Ports: []fakekernel.Port{{Name: "lan1"}, {Name: "lan2"}}},
		},
		Cables: [][2]string{
			{"a1/eth0", "switch1/p1"}, {"a2/eth0", "switch1/p2"}, {"b1/eth0", "switch2/p1"}, {"b2/eth0", "switch2/p2"},
			{"router/lan1", "switch1/p3"}, {"router/lan2", "switch2/p3"},
		},
	}
}

// TestDomains: points that cables and bridges connect form one domain, and so do all
// interfaces whose other ends are unknown. A domain outlives its bridge.
func TestDomains(t *testing.T) {
	k := fakekernel.New(twoSwitches(), nil)
	for _, name := range []string{"x", "y"} {
		k.State.Nodes = append(k.State.Nodes, trace.Node{Name: name, Interfaces: []trace.Interface{{Name: "lo", Index: 1, Kind: "loopback"}, {Name: "eth0", Index: 2, Kind: "device"}}})
	}
	g := newGraph(&k.State)
	check := func(a, b string, want bool) {
		t.Helper()
		if got := g.together(g.at(a, "eth0", trace.Out), g.at(b, "eth0", trace.In)); got != want {
			t.Errorf("%s and %s: %v", a, b, got)
		}
	}
	for range 2 {
		check("a1", "a2", true)
		check("a1", "b1", false)
		check("b1", "b2", true)
		check("x", "y", true)
		check("x", "a1", false)
		later := k.State
		later.Nodes = slices.Clone(later.Nodes)
		apart := &later.Nodes[2]
		apart.Interfaces = slices.Clone(apart.Interfaces)
		for i := range apart.Interfaces {
			apart.Interfaces[i].Master = ""
		}
		g.update(&later)
	}
	if g.together(g.at("x", "lo", trace.Out), g.at("y", "lo", trace.In)) {
		t.Error("loopback interfaces are connected")
	}
}

// TestEqualRequestsOnTwoLinks: equal ARP requests in transit at once on two links are not
// ambiguous, even if frames were lost: ARP never leaves its link. On the same link, they are.
func TestEqualRequestsOnTwoLinks(t *testing.T) {
	for _, from := range []string{"b1", "a1"} {
		t.Run("and from "+from, func(t *testing.T) {
			try(t, 50, func(r *rand.Rand) []string {
				k := fakekernel.New(twoSwitches(), r)
				for i, twin := range map[int]int{3: 0, 4: 1} {
					k.State.Nodes[i].Interfaces[0].MAC = k.State.Nodes[twin].Interfaces[0].MAC
				}
				request := fakekernel.Datagram{ARP: 1}
				request.Source, request.Destination = end("10.0.0.2:0"), end("10.0.0.3:0")
				k.Send("a1", request)
				begin, start := len(k.Evidence), k.Now
				k.Send(from, request)
				k.Overlap(begin, k.Now.Sub(start)/2)
				lost := k.Evidence[begin+1+r.IntN(2)]
				journeys, _ := correlate(k, k.Keep(func(e *fakekernel.Evidence) bool { return e != lost }), 5*time.Millisecond)
				first := map[int]bool{} // by journey: whether it is on the first link
				for _, j := range journeys {
					first[j.ID] = slices.Contains([]string{"a1/eth0", "a2/eth0", "router/lan1"}, j.Hops[0].Place()) || j.Hops[0].Node == "switch1"
				}
				named, across := 0, 0
				for _, j := range journeys {
					for _, h := range j.Hops {
						for _, id := range h.Ambiguous {
							if named++; first[id] != first[j.ID] {
								across++
							}
						}
					}
				}
				if across > 0 || from == "a1" && named == 0 {
					return []string{fmt.Sprintf("%d ambiguities, %d of them across the links", named, across)}
				}
				return nil
			})
		})
	}
}
