package live

import (
	"slices"

	"tracer/scenarios"
	"tracer/sim"
)

const (
	// defaultMTU is that of Ethernet, and of all links without one of their own.
	defaultMTU = 1500
	// wholeDatagram is the largest payload of a UDP datagram that needs no fragments.
	wholeDatagram = defaultMTU - 20 - 8
)

// fragments reports whether a scenario's network may send fragments: large datagrams, links
// with a small MTU, or programs that may do anything. TCP segments fit. Preparing for
// fragments takes time: see package capture.
func fragments(s *scenarios.Scenario) bool {
	t := &s.Topology
	narrow := func(mtu int) bool { return mtu != 0 && mtu != defaultMTU }
	return slices.ContainsFunc(t.Links, func(l sim.Link) bool { return narrow(l.A.MTU) || narrow(l.B.MTU) }) ||
		slices.ContainsFunc(t.Nodes, func(n sim.Node) bool {
			return slices.ContainsFunc(n.Bridges, func(b sim.Bridge) bool { return narrow(b.MTU) }) ||
				slices.ContainsFunc(n.Services, func(of sim.Service) bool { return of.Program() || of.UDP && len(of.Body) > wholeDatagram })
		}) ||
		slices.ContainsFunc(s.Traffic, func(r sim.Request) bool { return max(len(r.Text), r.Size) > wholeDatagram })
}
