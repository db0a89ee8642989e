package fakekernel

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"

	"tracer/sim/rule"
	"tracer/trace"
	"tracer/trace/conntrack"
)

// Kernel is the simulated network.
type Kernel struct {
	State      trace.State             // as read back from the nodes
	Rules      map[string][]rule.Table // by node, also as read back
	Attributes bool                    // the rule trace names conntrack entries, as since Linux 6.16
	Marks      bool                    // nodes with tables mark their packets
	ReuseID    uint32                  // the id of the next entry; 0: a unique one

	Random   *rand.Rand
	Now      time.Time
	Truths   []*Truth    // of the packets sent so far
	Evidence []*Evidence // in the order in which it was produced

	nodes   map[string]*node
	frames  int
	byFrame map[int]*Truth
}

// Epoch is the time at which every simulation begins.
var Epoch = time.Unix(1_700_000_000, 0)

// node is one node with its rules and connections.
type node struct {
	*trace.Node
	tables      []Table
	connections map[conntrack.Tuple]*Connection // by both tuples
	serial      uint32
	marks       uint32 // the last that was given to a packet
}

// New returns a kernel for a network. All random choices are drawn from random.
func New(t Topology, random *rand.Rand) *Kernel {
	k := &Kernel{
		State: t.state(), Rules: map[string][]rule.Table{}, Random: random, Now: Epoch,
		nodes: map[string]*node{}, byFrame: map[int]*Truth{},
	}
	for i := range t.Nodes {
		n := &t.Nodes[i]
		k.nodes[n.Name] = &node{Node: &k.State.Nodes[i], tables: n.Tables, connections: map[conntrack.Tuple]*Connection{}, serial: 100}
		if n.Tables != nil {
			k.Rules[n.Name] = neutral(n.Tables)
		}
	}
	return k
}

// Marked returns the nodes that mark their packets.
func (k *Kernel) Marked() map[string]bool {
	marked := map[string]bool{}
	for name, n := range k.nodes {
		marked[name] = k.Marks && n.tables != nil
	}
	return marked
}

// Change changes the rules of a chain, as an administrator does.
func (k *Kernel) Change(node, table, chain string, change func([]Rule) []Rule) {
	n := k.nodes[node]
	c := find(n.tables, table, chain)
	c.Rules = change(c.Rules)
	k.Rules[node] = neutral(n.tables)
}

// Wait lets time pass.
func (k *Kernel) Wait(d time.Duration) { k.Now = k.Now.Add(d) }

// tick advances the clock by the time of one small step.
func (k *Kernel) tick() { k.Wait(time.Duration(1+k.Random.IntN(15)) * time.Microsecond) }

// Discard drops all evidence and the corresponding truth.
func (k *Kernel) Discard() {
	k.Evidence, k.Truths = k.Evidence[:0], k.Truths[:0]
	clear(k.byFrame)
}

// transit is one packet in transit.
type transit struct {
	*Kernel
	*Truth
	Datagram
	buffer *buffer
	at     *node
	member *Membership // in a connection of the node, or nil
	in     *trace.Interface
	mark   uint32 // within the node; 0: none
}

// Send makes a node send a packet, and advances the clock past everything that happens to
// the packet.
func (k *Kernel) Send(from string, d Datagram) *Truth {
	if d.TTL == 0 {
		d.TTL = 64
	}
	f := &Truth{Number: len(k.Truths) + 1, Sent: d}
	k.Truths = append(k.Truths, f)
	t := &transit{Kernel: k, Truth: f, Datagram: d, buffer: &buffer{}, at: k.nodes[from]}
	if d.ARP == 0 {
		t.output()
		return f
	}
	t.leave(t.at.Interface(connected(t.at.Node, d.Source.Addr())), d.Destination.Addr())
	return f
}

// transmit puts the packet on a cable.
func (t *transit) transmit(port *trace.Interface) {
	t.tick()
	t.captured(port, trace.Out)
	t.tick()
	name, end, _ := strings.Cut(port.Peer, "/")
	sender := *t
	t.at, t.member, t.mark = t.nodes[name], nil, 0
	t.receive(t.at.Interface(end))
	*t = sender
}

// receive takes the packet off a cable.
func (t *transit) receive(port *trace.Interface) {
	t.captured(port, trace.In)
	t.in = port
	switch {
	case port.Master != "":
		t.bridge(port)
	case t.ARP != 0:
		t.delivered(t.at.Name)
	default:
		t.prerouting()
		t.route()
	}
}

// owner returns the hardware address of an IP address.
func (k *Kernel) owner(a netip.Addr) trace.MAC {
	for i := range k.State.Nodes {
		for _, iface := range k.State.Nodes[i].Interfaces {
			for _, p := range iface.Addresses {
				if p.Addr() == a {
					return iface.MAC
				}
			}
		}
	}
	return trace.MAC{}
}
