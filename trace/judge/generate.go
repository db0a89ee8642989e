package judge

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"

	"tracer/trace"
)

// Feature is a feature that a generated network may have.
type Feature string

// The features.
const (
	Translations Feature = "nat"       // DNAT, SNAT, MASQUERADE, REDIRECT, alone and together
	ReusedPorts  Feature = "reuse"     // source NAT to one port, and short timeouts
	Drops        Feature = "drop"      // rules and policies that drop, anywhere
	Rejects      Feature = "reject"    // REJECT in each form
	Foreign      Feature = "nft"       // a chain of nft, anywhere
	Tables       Feature = "tables"    // tables of nft as Docker uses them: verdict maps, nat, several chains at a hook
	Mangling     Feature = "mangle"    // TTL, TOS, TCPMSS, MARK
	Marks        Feature = "marks"     // MARK and CONNMARK, and rules that depend on them: the node's packets cannot be numbered
	Mapped       Feature = "netmap"    // whole networks are translated
	Policies     Feature = "policy"    // ip rule with tables of their own
	Routing      Feature = "routes"    // multipath, blackhole, unreachable, prohibit
	Filtered     Feature = "rp_filter" // reverse path filters, and impossible sources
	SmallMTU     Feature = "mtu"       // fragments, and "fragmentation needed"
	Losses       Feature = "loss"      // every n-th packet is dropped
	Equals       Feature = "equal"     // datagrams equal in every byte
	Multicasts   Feature = "multicast" // to groups with and without members
	Engines      Feature = "engine"    // the servers are containers of Docker, of any release
	Bridged      Feature = "bridge"    // servers at ports of a router's bridge, and rules there
	PortNAT      Feature = "port nat"  // with a bridge and NAT: traffic across the bridge is translated, too
	Fragmented   Feature = "fragments" // datagrams larger than any MTU
	Expiring     Feature = "ttl"       // packets whose TTL expires
	Bulk         Feature = "bulk"      // pages of 1 MiB
	Offloading   Feature = "offload"   // large packets, which some nodes divide into segments
	Changing     Feature = "changes"   // rules are added and deleted between requests
	Local        Feature = "local"     // rules and traffic of the sender itself, and 127.0.0.1
)

// Weights are the features that networks may have, each with the percentage of networks that
// have it.
type Weights map[Feature]int

// Everything is all features, a few in each network.
var Everything = Weights{
	Translations: 60, ReusedPorts: 10, Drops: 35, Rejects: 25, Foreign: 20, Tables: 35, Mangling: 25, Marks: 15, Mapped: 15, Policies: 15, Routing: 20, Filtered: 15,
	SmallMTU: 15, Losses: 10, Equals: 20, Multicasts: 10, Bridged: 35, Engines: 35, PortNAT: 70, Fragmented: 20, Expiring: 15, Bulk: 5, Changing: 20, Local: 20, Offloading: 50,
}

// Generate returns the network of a seed. The same seed and weights give the same network.
// Half of the networks are of IPv6, and two thirds of the others of both families.
func Generate(seed uint64, w Weights) *Network {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0)), net: &Network{Seed: seed, IP: familiesOf(seed)}, has: map[Feature]bool{}, tabled: map[string]bool{}}
	var names []string
	for _, f := range features(w) {
		if g.IntN(100) < w[f] {
			g.has[f] = true
			names = append(names, string(f))
		}
	}
	g.net.Note = strings.Join(names, ", ")
	g.topology()
	g.serve()
	g.translations()
	g.filters()
	g.tables()
	g.mangle()
	g.marks()
	g.routing()
	g.links()
	g.requests()
	g.net.translate(rand.New(rand.NewPCG(seed, 2)))
	g.engineRules()
	return g.net
}

// features returns the features in a fixed order.
func features(w Weights) (list []Feature) {
	for f := range w {
		list = append(list, f)
	}
	slices.Sort(list)
	return list
}

// generator makes up one network.
type generator struct {
	*rand.Rand
	net      *Network
	has      map[Feature]bool
	clients  []host
	servers  []host
	routers  []router // from the clients to the servers
	subnets  int
	services []service
	tabled   map[string]bool // routers that have a table of nft
	engine   []string        // what an engine runs on the first router: see engineRules
}

// host is a node at the edge.
type host struct {
	name    string
	address netip.Addr
	gateway netip.Addr
}

// router is a node that forwards, between the clients and the servers.
type router struct {
	name     string
	up, down []face // towards the clients, towards the servers
	bridge   string // the servers' bridge, or ""
}

// face is an interface of a router.
type face struct {
	name    string
	address netip.Addr
}

// service is an address and port that may answer.
type service struct {
	protocol string
	to       netip.AddrPort
}

func (g *generator) line(node, format string, args ...any) {
	g.net.Lines = append(g.net.Lines, Line{node, strings.TrimSpace(fmt.Sprintf(format, args...))}) // some rules have no verdict
}

// chance is true with a probability of p percent.
func (g *generator) chance(p int) bool { return g.IntN(100) < p }

// pick returns one of a list.
func pick[T any](g *generator, list ...T) T { return list[g.IntN(len(list))] }

func (g *generator) node(name string, role trace.Role) {
	g.net.Nodes = append(g.net.Nodes, Node{name, role})
}

func (g *generator) wire(a, ifaceA, b, ifaceB string) {
	g.net.Wires = append(g.net.Wires, Wire{Port{a, ifaceA}, Port{b, ifaceB}, g.has[Offloading]})
}

// subnet returns the next network's prefix: 10.N.0.
func (g *generator) subnet() string {
	g.subnets++
	return fmt.Sprintf("10.%d.0", g.subnets)
}

// cable connects two nodes and gives both ends addresses of a network of their own.
func (g *generator) cable(a, ifaceA, b, ifaceB string) (atA, atB netip.Addr) {
	g.wire(a, ifaceA, b, ifaceB)
	net := g.subnet()
	g.line(a, "ip address add %s.1/24 dev %s", net, ifaceA)
	g.line(b, "ip address add %s.2/24 dev %s", net, ifaceB)
	return netip.MustParseAddr(net + ".1"), netip.MustParseAddr(net + ".2")
}
