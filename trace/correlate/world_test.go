package correlate

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"tracer/sim/rule"
	"tracer/trace"
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
	state  trace.State
	rules  map[string][]rule.Table
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
	hostMAC   = trace.MAC{2, 0, 0, 0, 0, 1} // ens160
	host2MAC  = trace.MAC{2, 0, 0, 0, 0, 2} // ens192
	bridgeMAC = trace.MAC{2, 0x42, 0, 0, 0, 3}
	vethMAC   = trace.MAC{2, 0, 0, 0, 0, 4}
	flaskMAC  = trace.MAC{2, 0x42, 172, 17, 0, 2}
	clientMAC = map[string]trace.MAC{"client": {2, 0, 0, 0, 1, 1}, "client2": {2, 0, 0, 0, 1, 2}}
	clientIP  = map[string]string{"client": "192.168.52.202", "client2": "192.168.60.202"}
	nicOf     = map[string]string{"client": "ens160", "client2": "ens192"}
	nicMAC    = map[string]trace.MAC{"client": hostMAC, "client2": host2MAC}
	service   = netip.MustParseAddrPort("192.168.52.203:80")
	inside    = netip.MustParseAddrPort("172.17.0.2:5000")
)

func newWorld(t testing.TB, random *rand.Rand) *world {
	w := &world{
		t: t, random: random, now: time.Unix(1_700_000_000, 0), truth: map[int]int{},
		bridgeNetfilter: true, attributes: true, entries: 1000,
	}
	prefix := netip.MustParsePrefix
	route := func(dst, dev string) trace.Route {
		return trace.Route{Destination: prefix(dst), Interface: dev, Kernel: true}
	}
	neighbour := func(ip string, mac trace.MAC, dev string) trace.Neighbour {
		return trace.Neighbour{Address: netip.MustParseAddr(ip), MAC: mac, Interface: dev}
	}
	w.rules = map[string][]rule.Table{"host": {
		{Name: "nat", Chains: []rule.Chain{
			{Name: "PREROUTING", Policy: "ACCEPT", Rules: []rule.Rule{{Handle: 6, Text: "-j DOCKER"}}},
			{Name: "POSTROUTING", Policy: "ACCEPT"},
			{Name: "DOCKER", Rules: []rule.Rule{dnat(dnatID, layers.IPProtocolTCP, 80, inside)}},
		}},
		{Name: "filter", Chains: []rule.Chain{{Name: "FORWARD", Policy: "DROP", Rules: []rule.Rule{{Handle: 12, Text: "-j ACCEPT"}}}}},
	}}
	w.state = trace.State{Nodes: []trace.Node{
		{
			Name: "client", Role: trace.RoleClient,
			Interfaces: []trace.Interface{{Name: "eth0", Index: 2, MAC: clientMAC["client"], Kind: "veth", Addresses: []netip.Prefix{prefix("192.168.52.202/24")}, Peer: "host/ens160"}},
		},
		{
			Name: "client2", Role: trace.RoleClient,
			Interfaces: []trace.Interface{{Name: "eth0", Index: 2, MAC: clientMAC["client2"], Kind: "veth", Addresses: []netip.Prefix{prefix("192.168.60.202/24")}, Peer: "host/ens192"}},
		},
		{
			Name: "host", Role: trace.RoleHost, Forwarding: true, BridgeNetfilter: true,
			Interfaces: []trace.Interface{
				{Name: "ens160", Index: 2, MAC: hostMAC, Kind: "veth", Addresses: []netip.Prefix{prefix("192.168.52.203/24")}, Peer: "client/eth0"},
				{Name: "ens192", Index: 3, MAC: host2MAC, Kind: "veth", Addresses: []netip.Prefix{prefix("192.168.60.203/24")}, Peer: "client2/eth0"},
				{Name: "docker0", Index: 4, MAC: bridgeMAC, Kind: "bridge", Addresses: []netip.Prefix{prefix("172.17.0.1/16")}},
				{Name: "veth", Index: 6, MAC: vethMAC, Kind: "veth", Peer: "flask/eth0", Master: "docker0"},
			},
			Routes: []trace.Route{route("172.17.0.0/16", "docker0"), route("192.168.52.0/24", "ens160"), route("192.168.60.0/24", "ens192")},
			Neighbours: []trace.Neighbour{
				neighbour("172.17.0.2", flaskMAC, "docker0"),
				neighbour("192.168.52.202", clientMAC["client"], "ens160"),
				neighbour("192.168.60.202", clientMAC["client2"], "ens192"),
			},
		},
		{
			Name: "flask", Role: trace.RoleContainer,
			Interfaces: []trace.Interface{{Name: "eth0", Index: 5, MAC: flaskMAC, Kind: "veth", Addresses: []netip.Prefix{prefix("172.17.0.2/16")}, Peer: "host/veth"}},
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

// dnat is a rule like Docker's for a published port.
func dnat(handle uint64, p layers.IPProtocol, port uint16, to netip.AddrPort) rule.Rule {
	name := strings.ToLower(p.String())
	return rule.Rule{
		Handle: handle, NAT: &rule.NAT{Kind: rule.DNAT, Address: to.Addr(), Ports: rule.PortRange{First: to.Port(), Last: to.Port()}},
		Text: fmt.Sprintf("! -i docker0 -p %s -m %[1]s --dport %d -j DNAT --to-destination %v", name, port, to),
		Fails: func(f *rule.Facts) (rule.Mismatch, bool) {
			switch {
			case f.In == "docker0":
				return rule.Mismatch{Condition: "! -i docker0", Was: f.In}, true
			case f.Protocol != uint8(p):
				return rule.Mismatch{Condition: "-p " + name, Was: strings.ToLower(layers.IPProtocol(f.Protocol).String())}, true
			case f.Destination.Port() != port:
				return rule.Mismatch{Condition: fmt.Sprintf("--dport %d", port), Was: fmt.Sprint(f.Destination.Port())}, true
			}
			return rule.Mismatch{}, false
		},
	}
}

// tcpSegment is a TCP segment as it is on the wire at some point.
type tcpSegment struct {
	src, dst       netip.AddrPort
	srcMAC, dstMAC trace.MAC
	ttl            uint8
	id             uint16
	seq, ack       uint32
	flags          trace.Flags
	payload        string
}

func (s tcpSegment) bytes(t testing.TB) []byte {
	eth := &layers.Ethernet{SrcMAC: s.srcMAC[:], DstMAC: s.dstMAC[:], EthernetType: layers.EthernetTypeIPv4}
	ip := &layers.IPv4{
		Version: 4, TTL: s.ttl, Id: s.id, Flags: layers.IPv4DontFragment, Protocol: layers.IPProtocolTCP,
		SrcIP: s.src.Addr().AsSlice(), DstIP: s.dst.Addr().AsSlice(),
	}
	tcp := &layers.TCP{
		SrcPort: layers.TCPPort(s.src.Port()), DstPort: layers.TCPPort(s.dst.Port()), Seq: s.seq, Ack: s.ack, Window: 64240,
		FIN: s.flags&trace.FIN != 0, SYN: s.flags&trace.SYN != 0, RST: s.flags&trace.RST != 0, PSH: s.flags&trace.PSH != 0, ACK: s.flags&trace.ACK != 0,
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
func (w *world) frame(node, iface string, d trace.Direction, s tcpSegment) {
	w.tick()
	w.frames++
	number, at := w.frames, w.now
	w.truth[number] = w.sent
	index := w.state.Node(node).Interface(iface).Index
	f := trace.Frame{Number: number, Node: node, Direction: d, Time: at, Data: s.bytes(w.t)}
	f.Length = len(f.Data)
	w.events = append(w.events, event{"frames of " + node, at, w.sent, aFrame, func(c *Correlator) { c.Frame(&f, index) }})
}

// message lets netfilter report something of a segment. The first of a chain
// has the headers.
func (w *world) message(m nftrace.Message, first bool, s tcpSegment) {
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
func (h *hooks) chain(table, chain string, s tcpSegment, rules ...nftrace.Message) {
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
func (w *world) send(client string, reply bool, s tcpSegment, e *entry, isNew bool) int {
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
		w.frame(client, "eth0", trace.Out, s)
		w.frame("host", nicOf[client], trace.In, s)
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
		w.frame("host", "docker0", trace.Out, s)
		w.frame("host", "veth", trace.Out, s)
		w.frame("flask", "eth0", trace.In, s)
		return w.sent
	}
	s.srcMAC, s.dstMAC = flaskMAC, bridgeMAC
	w.frame("flask", "eth0", trace.Out, s)
	w.frame("host", "veth", trace.In, s)
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
	w.frame("host", "docker0", trace.In, s)
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
	w.frame("host", nicOf[client], trace.Out, s)
	w.frame(client, "eth0", trace.In, s)
	return w.sent
}

// deliver feeds the evidence to a correlator, each piece up to 150 ms late, but
// those of one stream in their order where the kernel keeps it, and returns the
// journeys.
func (w *world) deliver(keep func(event) bool) ([]trace.Journey, *Correlator) {
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
	var journeys []trace.Journey
	c := New(Snapshot{&w.state, w.rules}, func(j trace.Journey) { journeys = append(journeys, j) })
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
