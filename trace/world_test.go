package trace

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"tracer/sim"
	"tracer/sim/iptables"
	"tracer/trace/capture"
	"tracer/trace/conntrack"
	"tracer/trace/nftrace"
)

// world makes evidence as a kernel would, of packets whose way is known, so
// that what the correlator makes of it can be held against the truth. It is the
// network of flask-demo with a second client on a second NIC of the host.
//
//	client  192.168.52.202 ── ens160 192.168.52.203 ┐
//	                                                 host ── docker0 172.17.0.1 ── veth ── flask 172.17.0.2
//	client2 192.168.60.202 ── ens192 192.168.60.203 ┘
type world struct {
	t      testing.TB
	random *rand.Rand
	state  sim.State
	now    time.Time
	events []event
	frames int
	truth  map[int]int // frame number → packet number
	sent   int

	bridgeNetfilter bool   // bridged frames meet iptables
	attributes      bool   // the rule trace names conntrack entries
	pool            uint32 // the trace id of all that follows; 0: drawn each time
	entries         uint32
}

// event is one piece of evidence. Those of one stream keep their order.
type event struct {
	stream string
	time   time.Time // when it happened; the order in which it is read may differ
	packet int       // whose it is
	kind   kind
	feed   func(*Correlator)
}

type kind int

const (
	aFrame kind = iota
	aMessage
	aConntrack
)

const (
	dnatText = "! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000"
	dnatID   = 11
)

var (
	hostMAC   = sim.MAC{2, 0, 0, 0, 0, 1} // ens160
	host2MAC  = sim.MAC{2, 0, 0, 0, 0, 2} // ens192
	bridgeMAC = sim.MAC{2, 0x42, 0, 0, 0, 3}
	vethMAC   = sim.MAC{2, 0, 0, 0, 0, 4}
	flaskMAC  = sim.MAC{2, 0x42, 172, 17, 0, 2}
	clientMAC = map[string]sim.MAC{"client": {2, 0, 0, 0, 1, 1}, "client2": {2, 0, 0, 0, 1, 2}}
	clientIP  = map[string]string{"client": "192.168.52.202", "client2": "192.168.60.202"}
	nicOf     = map[string]string{"client": "ens160", "client2": "ens192"}
	nicMAC    = map[string]sim.MAC{"client": hostMAC, "client2": host2MAC}
	service   = netip.MustParseAddrPort("192.168.52.203:80")
	inside    = netip.MustParseAddrPort("172.17.0.2:5000")
)

func newWorld(t testing.TB, random *rand.Rand) *world {
	w := &world{
		t: t, random: random, now: time.Unix(1_700_000_000, 0), truth: map[int]int{},
		bridgeNetfilter: true, attributes: true, entries: 1000,
	}
	prefix := netip.MustParsePrefix
	route := func(dst, dev string) sim.RouteState {
		return sim.RouteState{Destination: prefix(dst), Interface: dev, Kernel: true}
	}
	neighbour := func(ip string, mac sim.MAC, dev string) sim.Neighbour {
		return sim.Neighbour{Address: netip.MustParseAddr(ip), MAC: mac, Interface: dev}
	}
	nat := iptables.Table{Name: "nat", Chains: []iptables.Chain{
		{Name: "PREROUTING", Policy: iptables.Accept, Rules: []iptables.Rule{{Handle: 6, Target: iptables.Jump{Chain: "DOCKER"}}}},
		{Name: "POSTROUTING", Policy: iptables.Accept},
		{Name: "DOCKER", Rules: []iptables.Rule{{
			Handle: dnatID, In: iptables.Interface{Name: "docker0", Not: true}, Protocol: iptables.Protocol{Number: iptables.TCP},
			Matches: []iptables.Match{iptables.Ports{Protocol: iptables.TCP, Destination: iptables.Port(80)}},
			Target:  iptables.DNAT{Address: inside.Addr(), Ports: iptables.Port(5000)},
		}}},
	}}
	filter := iptables.Table{Name: "filter", Chains: []iptables.Chain{
		{Name: "FORWARD", Policy: iptables.Drop, Rules: []iptables.Rule{{Handle: 12, Target: iptables.Accept}}},
	}}
	w.state = sim.State{Nodes: []sim.NodeState{
		{
			Name: "client", Role: sim.RoleClient,
			Interfaces: []sim.InterfaceState{{Name: "eth0", Index: 2, MAC: clientMAC["client"], Kind: "veth", Addresses: []netip.Prefix{prefix("192.168.52.202/24")}, Peer: "host/ens160"}},
		},
		{
			Name: "client2", Role: sim.RoleClient,
			Interfaces: []sim.InterfaceState{{Name: "eth0", Index: 2, MAC: clientMAC["client2"], Kind: "veth", Addresses: []netip.Prefix{prefix("192.168.60.202/24")}, Peer: "host/ens192"}},
		},
		{
			Name: "host", Role: sim.RoleHost, Forwarding: true, BridgeNetfilter: true,
			Interfaces: []sim.InterfaceState{
				{Name: "ens160", Index: 2, MAC: hostMAC, Kind: "veth", Addresses: []netip.Prefix{prefix("192.168.52.203/24")}, Peer: "client/eth0"},
				{Name: "ens192", Index: 3, MAC: host2MAC, Kind: "veth", Addresses: []netip.Prefix{prefix("192.168.60.203/24")}, Peer: "client2/eth0"},
				{Name: "docker0", Index: 4, MAC: bridgeMAC, Kind: "bridge", Addresses: []netip.Prefix{prefix("172.17.0.1/16")}},
				{Name: "veth", Index: 6, MAC: vethMAC, Kind: "veth", Peer: "flask/eth0", Master: "docker0"},
			},
			Routes: []sim.RouteState{route("172.17.0.0/16", "docker0"), route("192.168.52.0/24", "ens160"), route("192.168.60.0/24", "ens192")},
			Neighbours: []sim.Neighbour{
				neighbour("172.17.0.2", flaskMAC, "docker0"),
				neighbour("192.168.52.202", clientMAC["client"], "ens160"),
				neighbour("192.168.60.202", clientMAC["client2"], "ens192"),
			},
			Rules: iptables.Ruleset{Tables: []iptables.Table{nat, filter}},
		},
		{
			Name: "flask", Role: sim.RoleContainer,
			Interfaces: []sim.InterfaceState{{Name: "eth0", Index: 5, MAC: flaskMAC, Kind: "veth", Addresses: []netip.Prefix{prefix("172.17.0.2/16")}, Peer: "host/veth"}},
		},
	}}
	for i := range w.state.Nodes {
		n := &w.state.Nodes[i]
		for k := range n.Interfaces {
			n.Interfaces[k].Forwarding = n.Forwarding
		}
	}
	return w
}

// segment is a TCP segment as it is on the wire at some point.
type segment struct {
	src, dst       netip.AddrPort
	srcMAC, dstMAC sim.MAC
	ttl            uint8
	id             uint16
	seq, ack       uint32
	flags          Flags
	payload        string
}

func (s segment) bytes(t testing.TB) []byte {
	eth := &layers.Ethernet{SrcMAC: s.srcMAC[:], DstMAC: s.dstMAC[:], EthernetType: layers.EthernetTypeIPv4}
	ip := &layers.IPv4{
		Version: 4, TTL: s.ttl, Id: s.id, Flags: layers.IPv4DontFragment, Protocol: layers.IPProtocolTCP,
		SrcIP: s.src.Addr().AsSlice(), DstIP: s.dst.Addr().AsSlice(),
	}
	tcp := &layers.TCP{
		SrcPort: layers.TCPPort(s.src.Port()), DstPort: layers.TCPPort(s.dst.Port()), Seq: s.seq, Ack: s.ack, Window: 64240,
		FIN: s.flags&FIN != 0, SYN: s.flags&SYN != 0, RST: s.flags&RST != 0, PSH: s.flags&PSH != 0, ACK: s.flags&ACK != 0,
		Options: []layers.TCPOption{{OptionType: layers.TCPOptionKindNop}, {OptionType: layers.TCPOptionKindNop},
			{OptionType: layers.TCPOptionKindTimestamps, OptionLength: 10, OptionData: make([]byte, 8)}},
	}
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		t.Fatal(err)
	}
	b := gopacket.NewSerializeBuffer()
	err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, eth, ip, tcp, gopacket.Payload(s.payload))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(b.Bytes())
}

func (w *world) tick() { w.now = w.now.Add(time.Duration(1+w.random.IntN(20)) * time.Microsecond) }

// frame lets a segment be captured.
func (w *world) frame(node, iface string, d capture.Direction, s segment) {
	w.tick()
	w.frames++
	number, at := w.frames, w.now
	w.truth[number] = w.sent
	index := w.state.Node(node).Interface(iface).Index
	f := capture.Frame{Interface: index, Direction: d, Time: at, Data: s.bytes(w.t)}
	f.Length = len(f.Data)
	w.events = append(w.events, event{"frames of " + node, at, w.sent, aFrame, func(c *Correlator) { c.Frame(node, number, f) }})
}

// message lets netfilter report something of a segment. The first of a chain
// has the headers.
func (w *world) message(m nftrace.Message, first bool, s segment) {
	if first {
		b := s.bytes(w.t)
		m.Link, m.Network, m.Transport = b[:14], b[14:34], b[34:54]
	}
	at := w.now
	w.events = append(w.events, event{"trace", at, w.sent, aMessage, func(c *Correlator) { c.Trace("host", m, at) }})
}

// entry is a conntrack entry of the world.
type entry struct {
	conntrack.Entry
}

func (w *world) newEntry(client netip.AddrPort) *entry {
	w.entries++
	original := conntrack.Tuple{Protocol: 6, Source: client, Destination: service}
	reply := conntrack.Tuple{Protocol: 6, Source: inside, Destination: client}
	return &entry{Entry: conntrack.Entry{ID: w.entries, Original: original, Reply: reply, Status: conntrack.DestNAT}}
}

func (w *world) learn(e *entry, k conntrack.Kind) {
	ev, at := conntrack.Event{Kind: k, Entry: e.Entry}, w.now
	w.events = append(w.events, event{"conntrack", w.now, w.sent, aConntrack, func(c *Correlator) { c.Conntrack("host", ev, at) }})
}

// hooks is the way of a packet through the host's netfilter.
type hooks struct {
	w       *world
	id      uint32
	in, out int
	tracked *nftrace.Conntrack
}

// chain lets a segment go through a chain whose rules are given, to its policy.
func (h *hooks) chain(table, chain string, s segment, rules ...nftrace.Message) {
	first := true
	for _, m := range rules {
		m.ID, m.In, m.Out, m.Conntrack, m.Kind = h.id, h.in, h.out, h.tracked, nftrace.Rule
		m.Table = table
		if m.Chain == "" {
			m.Chain = chain
		}
		h.w.message(m, first, s)
		first = false
		if m.Verdict.Terminal() {
			return
		}
	}
	end := nftrace.Message{ID: h.id, In: h.in, Out: h.out, Conntrack: h.tracked, Table: table, Chain: chain, Kind: nftrace.Rule, Verdict: nftrace.Verdict{Code: nftrace.Continue}}
	h.w.message(end, first, s)
	end.Kind, end.Policy = nftrace.Policy, nftrace.Verdict{Code: nftrace.Accept}
	h.w.message(end, false, s)
}

// traceID draws a trace id from a small pool, as the kernel draws them from the
// addresses of a few buffers.
func (w *world) traceID() uint32 {
	if w.pool != 0 {
		return w.pool
	}
	return 1 + uint32(w.random.IntN(3))
}

// send lets a segment travel, in the direction of the request or of the reply,
// and returns its number.
func (w *world) send(client string, reply bool, s segment, e *entry, isNew bool) int {
	w.sent++
	h := &hooks{w: w, id: w.traceID()}
	direction, state := conntrack.Original, nftrace.Established
	if reply {
		direction = conntrack.Reply
	}
	if isNew {
		state = nftrace.New
	}
	untracked := func(f func()) {
		h.tracked = nil
		f()
		if w.attributes {
			h.tracked = &nftrace.Conntrack{ID: e.ID, Direction: direction, Status: e.Status, State: state}
		}
	}
	mark := nftrace.Message{Rule: 2, Verdict: nftrace.Verdict{Code: nftrace.Continue}}
	accept := nftrace.Message{Rule: 12, Verdict: nftrace.Verdict{Code: nftrace.Accept}}
	s.ttl = 64
	if !reply {
		s.srcMAC, s.dstMAC = clientMAC[client], nicMAC[client]
		w.frame(client, "eth0", capture.Out, s)
		w.frame("host", nicOf[client], capture.In, s)
		h.in = w.state.Node("host").Interface(nicOf[client]).Index
		untracked(func() { h.chain(nftrace.Table, "start-prerouting", s, mark) })
		h.chain(nftrace.Table, "new-prerouting", s)
		if isNew {
			h.chain("nat", "PREROUTING", s,
				nftrace.Message{Rule: 6, Verdict: nftrace.Verdict{Code: nftrace.Jump, Chain: "DOCKER"}},
				nftrace.Message{Chain: "DOCKER", Rule: dnatID, Verdict: nftrace.Verdict{Code: nftrace.Accept}})
		}
		s.dst = inside
		h.chain(nftrace.Table, "seen-prerouting", s)
		s.ttl, h.out = 63, 4
		h.chain("filter", "FORWARD", s, accept)
		h.chain(nftrace.Table, "seen-forward", s)
		h.in = 0
		h.chain(nftrace.Table, "near-postrouting", s)
		if isNew {
			h.chain("nat", "POSTROUTING", s)
			w.learn(e, conntrack.New)
		}
		h.chain(nftrace.Table, "seen-postrouting", s)
		s.srcMAC, s.dstMAC = bridgeMAC, flaskMAC
		w.frame("host", "docker0", capture.Out, s)
		w.frame("host", "veth", capture.Out, s)
		w.frame("flask", "eth0", capture.In, s)
		return w.sent
	}
	s.srcMAC, s.dstMAC = flaskMAC, bridgeMAC
	w.frame("flask", "eth0", capture.Out, s)
	w.frame("host", "veth", capture.In, s)
	h.in = 4
	prerouting := func() {
		untracked(func() { h.chain(nftrace.Table, "start-prerouting", s, mark) })
		h.chain(nftrace.Table, "new-prerouting", s)
		h.chain(nftrace.Table, "seen-prerouting", s)
	}
	if w.bridgeNetfilter {
		prerouting()
		h.id = w.traceID() // the bridge hands the packet up as another
	}
	w.frame("host", "docker0", capture.In, s)
	if !w.bridgeNetfilter {
		prerouting()
	}
	s.ttl, h.out = 63, w.state.Node("host").Interface(nicOf[client]).Index
	h.chain("filter", "FORWARD", s, accept)
	h.chain(nftrace.Table, "seen-forward", s)
	h.in = 0
	h.chain(nftrace.Table, "near-postrouting", s)
	s.src = service
	h.chain(nftrace.Table, "seen-postrouting", s)
	s.srcMAC, s.dstMAC = nicMAC[client], clientMAC[client]
	w.frame("host", nicOf[client], capture.Out, s)
	w.frame(client, "eth0", capture.In, s)
	return w.sent
}

// deliver feeds the evidence to a correlator, each piece up to 150 ms late, but
// those of one stream in their order where the kernel keeps it, and returns the
// journeys.
func (w *world) deliver(keep func(event) bool) ([]Journey, *Correlator) {
	type arriving struct {
		event
		at time.Time
	}
	var list []arriving
	last := map[string]time.Time{}
	for _, e := range w.events {
		if keep != nil && !keep(e) {
			continue
		}
		at := e.time.Add(time.Duration(w.random.IntN(150)) * time.Millisecond)
		if e.kind != aFrame && at.Before(last[e.stream]) {
			at = last[e.stream]
		}
		last[e.stream] = at
		list = append(list, arriving{e, at})
	}
	slices.SortStableFunc(list, func(a, b arriving) int { return a.at.Compare(b.at) })
	w.state.Node("host").BridgeNetfilter = w.bridgeNetfilter
	var journeys []Journey
	c := NewCorrelator(&w.state, func(j Journey) { journeys = append(journeys, j) })
	for _, e := range list {
		e.feed(c)
	}
	c.Flush(w.now.Add(time.Second))
	return journeys, c
}

// client returns the end of a client with a port.
func client(name string, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(clientIP[name]), port)
}

// seqOf makes a sequence number out of random bytes.
func seqOf(r *rand.Rand) uint32 {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], r.Uint32())
	return binary.BigEndian.Uint32(b[:])
}
