package correlate

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"tracer/sim/rule"
	"tracer/trace"
	"tracer/trace/internal/fakekernel"
)

// routers returns a network of two routers with a switch between them. The first
// masquerades its client, the second publishes a server.
//
//	client 10.0.1.2 ── lan r1 wan ── switch ── wan r2 lan ── server 10.0.2.2
//	               10.0.1.1   192.0.2.1   192.0.2.2   10.0.2.1
func routers() fakekernel.Topology {
	accept := fakekernel.Table{Name: "filter", Chains: []fakekernel.Chain{
		{Name: "FORWARD", Policy: "DROP", Rules: []fakekernel.Rule{{Handle: 3, Target: "ACCEPT"}}},
	}}
	published := netip.MustParseAddrPort("10.0.2.2:8080")
	return fakekernel.Topology{
		Nodes: []fakekernel.Node{
			{Name: "client", Role: trace.RoleClient, Gateway: "10.0.1.1", Ports: []fakekernel.Port{{Name: "eth0", Address: "10.0.1.2/24"}}},
			{Name: "r1", Role: trace.RoleRouter, Gateway: "192.0.2.2", Ports: []fakekernel.Port{{Name: "lan", Address: "10.0.1.1/24"}, {Name: "wan", Address: "192.0.2.1/24"}},
				Tables: []fakekernel.Table{accept, {Name: "nat", Chains: []fakekernel.Chain{
					{Name: "POSTROUTING", Policy: "ACCEPT", Rules: []fakekernel.Rule{{Handle: 4, Match: fakekernel.Match{NotOut: "lan"}, NAT: &rule.NAT{Kind: rule.Masquerade}}}},
				}}}},
			{Name: "switch", Ports: []fakekernel.Port{{Name: "br0"}, {Name: "p1", Bridge: "br0"}, {Name: "p2", Bridge: "br0"}}},
			{Name: "r2", Role: trace.RoleRouter, Ports: []fakekernel.Port{{Name: "wan", Address: "192.0.2.2/24"}, {Name: "lan", Address: "10.0.2.1/24"}},
				Tables: []fakekernel.Table{accept, {Name: "nat", Chains: []fakekernel.Chain{
					{Name: "PREROUTING", Policy: "ACCEPT", Rules: []fakekernel.Rule{{
						Handle: 5, Match: fakekernel.Match{Local: true, Protocol: fakekernel.TCP, Port: 80},
						NAT: &rule.NAT{Kind: rule.DNAT, Address: published.Addr(), Ports: rule.PortRange{First: 8080, Last: 8080}},
					}}},
				}}}},
			{Name: "server", Role: trace.RoleServer, Gateway: "10.0.2.1", Ports: []fakekernel.Port{{Name: "eth0", Address: "10.0.2.2/24"}}},
		},
		Cables: [][2]string{{"client/eth0", "r1/lan"}, {"r1/wan", "switch/p1"}, {"switch/p2", "r2/wan"}, {"r2/lan", "server/eth0"}},
	}
}

// TestRouters: the same properties in another network, in which two nodes have rules and
// connections, each with its own ids.
func TestRouters(t *testing.T) {
	for _, whole := range []bool{true, false} {
		t.Run(fmt.Sprintf("whole %v", whole), func(t *testing.T) {
			try(t, 100, func(r *rand.Rand) []string {
				k := fakekernel.New(routers(), r)
				k.Attributes = r.IntN(2) == 0
				for i := range 3 {
					segment := func(from string, flags trace.Flags, source, destination string) *fakekernel.Truth {
						k.Wait(time.Duration(r.IntN(400)) * time.Microsecond)
						return k.Send(from, fakekernel.Datagram{
							Ends: trace.Ends{Source: end(source), Destination: end(destination)}, Protocol: fakekernel.TCP, Flags: flags, Seq: uint32(i),
						})
					}
					from := fmt.Sprintf("10.0.1.2:%d", 4000+i)
					f := segment("client", trace.SYN, from, "192.0.2.2:80")
					segment("server", trace.SYN|trace.ACK, "10.0.2.2:8080", f.On("r2").Of.Reply.Destination.String())
					segment("client", trace.ACK, from, "192.0.2.2:80")
				}
				kept := k.Whole()
				if !whole {
					kept = k.Lose(fakekernel.Loss{Frames: r.IntN(30), Messages: r.IntN(8) * 5, Events: r.IntN(3) * 50, Traces: r.IntN(50), Heads: r.IntN(20)})
				}
				journeys, _ := correlate(k, kept, lag)
				return k.Judge(journeys, kept, whole)
			})
		})
	}
}
