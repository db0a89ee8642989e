package correlate

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/google/gopacket/layers"

	"tracer/sim/rule"
	"tracer/trace"
	"tracer/trace/conntrack"
	"tracer/trace/nftrace"
	"tracer/trace/packet"
)

// bed is a small kernel: it forwards, translates, filters and bridges datagrams
// in the network of [world] with one more container, and leaves behind the
// evidence of each and the truth about it.
//
//	client  ── ens160 ┐                     ┌ veth  ── flask 172.17.0.2
//	                  host ── docker0 ──────┤
//	client2 ── ens192 ┘                     └ veth2 ── other 172.17.0.3
type bed struct {
	random     *rand.Rand
	state      trace.State
	rules      map[string][]rule.Table
	nf, attrs  bool
	now        time.Time
	proofs     []*proof
	fates      []*fate
	of         map[int]*fate // frame number → packet
	table      map[conntrack.Tuple]*conversation
	serial     uint32
	reuseEntry uint32 // the id that the next entry gets; 0: a new one
	frames     int
}

// proof is one piece of evidence.
type proof struct {
	kind   kind
	node   string
	fate   *fate
	time   time.Time
	read   time.Time
	buffer *buffer // of a message: what its trace id is made from
	head   bool    // of a message: it has the headers
	frame  int
	feed   func(*Correlator, *proof)
}

// buffer is the memory that a packet is in; the trace id follows from it.
type buffer struct{ id uint32 }

// fate is the truth about one packet.
type fate struct {
	number  int
	frames  []int // numbers, in order
	steps   []trace.Step
	changes []truth
	outcome trace.OutcomeKind
	node    string // where it ended
	hook    string
	rule    uint64
	conn    *conversation
	reply   bool
	twin    int // packets with the same twin number are equal in every byte; 0: none is
}

type truth struct {
	field    trace.Field
	from, to string
	node     string
	hook     string
	kind     trace.CauseKind
	rule     uint64
}

// conversation is an entry, with the truth about it.
type conversation struct {
	conntrack.Entry
	known       bool
	first       *fate
	translation trace.Translation
}

var (
	otherMAC = trace.MAC{2, 0x42, 172, 17, 0, 3}
	veth2MAC = trace.MAC{2, 0, 0, 0, 0, 5}
	everyone = trace.MAC{255, 255, 255, 255, 255, 255}
)

const (
	jumpRule, webRule, webRule2, dnsRule     = 6, 11, 22, 21
	masqRule, acceptRule, dropRule1, outRule = 31, 12, 40, 50
)

func newBed(random *rand.Rand) *bed {
	b := &bed{
		random: random, state: newWorld(nil, random).state, nf: random.IntN(2) == 0, attrs: random.IntN(2) == 0,
		now: time.Unix(1_700_000_000, 0), of: map[int]*fate{}, table: map[conntrack.Tuple]*conversation{}, serial: 100,
	}
	h := b.state.Node("host")
	h.BridgeNetfilter = b.nf
	h.Interfaces = append(h.Interfaces, trace.Interface{Name: "veth2", Index: 8, MAC: veth2MAC, Kind: "veth", Peer: "other/eth0", Master: "docker0"})
	h.Neighbours = append(h.Neighbours, trace.Neighbour{Address: netip.MustParseAddr("172.17.0.3"), MAC: otherMAC, Interface: "docker0"})
	b.state.Nodes = append(b.state.Nodes, trace.Node{
		Name: "other", Role: trace.RoleContainer,
		Interfaces: []trace.Interface{{Name: "eth0", Index: 7, MAC: otherMAC, Kind: "veth", Addresses: []netip.Prefix{netip.MustParsePrefix("172.17.0.3/16")}, Peer: "host/veth2"}},
	})
	b.rules = map[string][]rule.Table{"host": {
		{Name: "nat", Chains: []rule.Chain{
			{Name: "PREROUTING", Policy: "ACCEPT", Rules: []rule.Rule{{Handle: jumpRule, Text: "-j DOCKER"}}},
			{Name: "OUTPUT", Policy: "ACCEPT"},
			{Name: "POSTROUTING", Policy: "ACCEPT", Rules: []rule.Rule{{
				Handle: masqRule, Text: "-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE", NAT: &rule.NAT{Kind: rule.Masquerade},
			}}},
			{Name: "DOCKER", Rules: []rule.Rule{
				dnat(webRule, layers.IPProtocolTCP, 80, inside), dnat(dnsRule, layers.IPProtocolUDP, 53, netip.MustParseAddrPort("172.17.0.2:5353")),
				dnat(webRule2, layers.IPProtocolTCP, 81, netip.MustParseAddrPort("172.17.0.3:5000")),
			}},
		}},
		{Name: "filter", Chains: []rule.Chain{
			{Name: "INPUT", Policy: "ACCEPT"},
			{Name: "FORWARD", Policy: "DROP", Rules: []rule.Rule{{Handle: dropRule1, Text: "-j DROP"}, {Handle: acceptRule, Text: "-j ACCEPT"}}},
			{Name: "OUTPUT", Policy: "ACCEPT", Rules: []rule.Rule{{Handle: outRule, Text: "-j DROP"}}},
		}},
	}}
	return b
}

// transit is one datagram on its way.
type transit struct {
	*bed
	*fate
	d      datagram
	last   datagram // as it was at the last truth
	mac    datagram // as it was at the last frame
	buffer *buffer
	ct     *nftrace.Conntrack
	entry  *conversation
	to     trace.Ends // what the entry makes of it
	isNew  bool
	in     int
}

// send lets a node send a datagram now, and moves the clock past all of it. The
// node fills in what its IP layer would.
func (b *bed) send(node string, d datagram) *fate {
	f := &fate{number: len(b.fates) + 1}
	b.fates = append(b.fates, f)
	t := &transit{bed: b, fate: f, buffer: &buffer{}}
	d.ttl = 64
	if node == "host" {
		t.d, t.last = d, d
		t.output()
		return f
	}
	n := b.state.Node(node)
	i := &n.Interfaces[0]
	d.srcMAC = i.MAC
	if d.arp == 1 {
		d.dstMAC = everyone
	} else if d.dstMAC == (trace.MAC{}) {
		d.dstMAC = map[string]trace.MAC{"client": hostMAC, "client2": host2MAC, "flask": bridgeMAC, "other": bridgeMAC}[node]
	}
	t.d, t.last, t.mac = d, d, d
	t.out(node, i)
	return f
}

func (t *transit) tick() { t.now = t.now.Add(time.Duration(1+t.random.IntN(15)) * time.Microsecond) }

func (t *transit) frame(node string, i *trace.Interface, dir trace.Direction, d datagram) {
	t.bed.frames++
	n := t.bed.frames
	t.of[n] = t.fate
	t.fate.frames = append(t.fate.frames, n)
	f := trace.Frame{Number: n, Node: node, Direction: dir, Data: d.bytes()}
	f.Length = len(f.Data)
	t.proofs = append(t.proofs, &proof{kind: aFrame, node: node, fate: t.fate, time: t.now, frame: n, feed: func(c *Correlator, p *proof) {
		f.Time = p.time
		c.Frame(&f, i.Index)
	}})
}

// out sends a frame to the other end of the cable.
func (t *transit) out(node string, i *trace.Interface) {
	t.tick()
	t.note(node, "", 0)
	t.frame(node, i, trace.Out, t.d)
	t.tick()
	for ni := range t.state.Nodes {
		n := &t.state.Nodes[ni]
		for ii := range n.Interfaces {
			if n.Interfaces[ii].Peer == node+"/"+i.Name {
				t.arrive(n, &n.Interfaces[ii])
			}
		}
	}
}

func (t *transit) arrive(n *trace.Node, i *trace.Interface) {
	t.frame(n.Name, i, trace.In, t.d)
	t.in = i.Index
	if n.Name != "host" {
		t.outcome, t.node = trace.OutcomeDelivered, n.Name
		return
	}
	if i.Master != "" {
		t.bridged(n, i)
		return
	}
	if t.d.arp != 0 {
		t.outcome, t.node = trace.OutcomeDelivered, n.Name
		return
	}
	t.prerouting()
	t.routed()
}

func (t *transit) bridged(n *trace.Node, i *trace.Interface) {
	master := n.Interface(i.Master)
	if t.d.dstMAC == everyone {
		t.frame("host", master, trace.In, t.d)
		for k := range n.Interfaces {
			if o := &n.Interfaces[k]; o.Master == i.Master && o != i {
				t.out("host", o)
			}
		}
		return
	}
	t.in = master.Index
	if t.nf && t.d.arp == 0 {
		t.prerouting()
	}
	if t.d.dstMAC == master.MAC {
		t.buffer = &buffer{}
		// It keeps its first time stamp; the kernel's queue has the order.
		stamp := t.proofs[len(t.proofs)-1].time
		for k := len(t.proofs) - 1; k >= 0; k-- {
			if t.proofs[k].kind == aFrame {
				stamp = t.proofs[k].time
				break
			}
		}
		t.frame("host", master, trace.In, t.d)
		t.proofs[len(t.proofs)-1].time = stamp
		if t.d.arp != 0 {
			t.outcome, t.node = trace.OutcomeDelivered, "host"
			return
		}
		if !t.nf {
			t.prerouting()
		}
		t.routed()
		return
	}
	for k := range n.Interfaces {
		o := &n.Interfaces[k]
		if o.Master == i.Master && o != i && ownerOf(&t.state, o.Peer).MAC == t.d.dstMAC {
			if t.nf && t.d.arp == 0 && (!t.forward(master) || !t.postrouting(master)) {
				return
			}
			t.out("host", o)
		}
	}
}

func ownerOf(s *trace.State, peer string) *trace.Interface {
	for i := range s.Nodes {
		for k := range s.Nodes[i].Interfaces {
			if s.Nodes[i].Name+"/"+s.Nodes[i].Interfaces[k].Name == peer {
				return &s.Nodes[i].Interfaces[k]
			}
		}
	}
	return nil
}

// routed takes a datagram through the host's IP layer after prerouting.
func (t *transit) routed() {
	n := t.state.Node("host")
	if n.Owns(t.d.ends.Destination.Addr()) {
		t.chain("filter", "INPUT", t.in, 0)
		t.chain(nftrace.Table, "seen-input", t.in, 0)
		t.confirm()
		t.outcome, t.node = trace.OutcomeDelivered, "host"
		return
	}
	r, _ := n.Route(t.d.ends.Destination.Addr())
	out := n.Interface(r.Interface)
	t.d.ttl--
	if t.forward(out) && t.postrouting(out) {
		t.leave(out)
	}
}

// output is the way of a datagram that the host itself sends.
func (t *transit) output() {
	n := t.state.Node("host")
	r, _ := n.Route(t.d.ends.Destination.Addr())
	out := n.Interface(r.Interface)
	t.track()
	ct := t.ct
	t.ct = nil
	t.chain(nftrace.Table, "start-output", 0, out.Index, mark)
	t.ct = ct
	t.chain(nftrace.Table, "new-output", 0, out.Index)
	if t.isNew {
		t.chain("nat", "OUTPUT", 0, out.Index)
	}
	t.chain(nftrace.Table, "seen-output", 0, out.Index)
	if t.d.ends.Destination.Port() == 83 {
		t.chain("filter", "OUTPUT", 0, out.Index, nftrace.Message{Rule: outRule, Verdict: nftrace.Verdict{Code: nftrace.Drop}})
		t.outcome, t.node, t.hook, t.rule = trace.OutcomeDropped, "host", "output", outRule
		delete(t.table, t.entry.Original)
		delete(t.table, t.entry.Reply)
		return
	}
	t.chain("filter", "OUTPUT", 0, out.Index)
	if t.postrouting(out) {
		t.leave(out)
	}
}

func (t *transit) leave(out *trace.Interface) {
	n := t.state.Node("host")
	t.d.srcMAC = out.MAC
	for _, e := range n.Neighbours {
		if e.Address == t.d.ends.Destination.Addr() {
			t.d.dstMAC = e.MAC
		}
	}
	if out.Kind != "bridge" {
		t.out("host", out)
		return
	}
	t.tick()
	t.note("host", "", 0)
	t.frame("host", out, trace.Out, t.d)
	for k := range n.Interfaces {
		if o := &n.Interfaces[k]; o.Master == out.Name && ownerOf(&t.state, o.Peer).MAC == t.d.dstMAC {
			t.out("host", o)
		}
	}
}

var mark = nftrace.Message{Rule: 2, Verdict: nftrace.Verdict{Code: nftrace.Continue}}

func (t *transit) prerouting() {
	t.track()
	ct := t.ct
	t.ct = nil
	t.chain(nftrace.Table, "start-prerouting", t.in, 0, mark)
	t.ct = ct
	t.chain(nftrace.Table, "new-prerouting", t.in, 0)
	if t.isNew {
		if rule := t.dnatRule(); rule != 0 {
			t.chain("nat", "PREROUTING", t.in, 0,
				nftrace.Message{Rule: jumpRule, Verdict: nftrace.Verdict{Code: nftrace.Jump, Chain: "DOCKER"}},
				nftrace.Message{Chain: "DOCKER", Rule: rule, Verdict: nftrace.Verdict{Code: nftrace.Accept}})
		} else {
			t.chain("nat", "PREROUTING", t.in, 0,
				nftrace.Message{Rule: jumpRule, Verdict: nftrace.Verdict{Code: nftrace.Jump, Chain: "DOCKER"}},
				nftrace.Message{Chain: "DOCKER", Kind: nftrace.Return})
		}
	}
	t.translate(true)
	t.chain(nftrace.Table, "seen-prerouting", t.in, 0)
}

func (t *transit) dnatRule() uint64 {
	if t.in == 4 { // ! -i docker0
		return 0
	}
	n := t.state.Node("host")
	if !n.Owns(t.last.ends.Destination.Addr()) {
		return 0
	}
	switch {
	case t.d.protocol == layers.IPProtocolTCP && t.last.ends.Destination.Port() == 80:
		return webRule
	case t.d.protocol == layers.IPProtocolTCP && t.last.ends.Destination.Port() == 81:
		return webRule2
	case t.d.protocol == layers.IPProtocolUDP && t.last.ends.Destination.Port() == 53:
		return dnsRule
	}
	return 0
}

// track finds or makes the entry, as conntrack does at priority -200.
func (t *transit) track() {
	t.ct, t.entry, t.isNew = nil, nil, false
	tuple := conntrack.Tuple{Protocol: uint8(t.d.protocol), Source: t.d.ends.Source, Destination: t.d.ends.Destination}
	if q := t.d.quoted; q != nil {
		e := t.table[conntrack.Tuple{Protocol: uint8(q.protocol), Source: q.ends.Destination, Destination: q.ends.Source}]
		if e == nil {
			return
		}
		t.entry, t.reply, t.conn = e, q.ends.Destination == e.Reply.Source, e
		t.attributes(nftrace.Related)
		return
	}
	e := t.table[tuple]
	if e == nil {
		e = t.newEntry(tuple)
		t.isNew = true
	}
	to, dir, ok := e.Translate(tuple)
	if !ok {
		panic("an entry under another's tuple")
	}
	t.entry, t.to, t.reply, t.conn = e, trace.Ends{Source: to.Source, Destination: to.Destination}, dir == conntrack.Reply, e
	state := nftrace.Established
	if t.isNew {
		state = nftrace.New
	}
	t.attributes(state)
}

func (t *transit) attributes(s nftrace.State) {
	if !t.attrs {
		return
	}
	t.ct = &nftrace.Conntrack{ID: t.entry.ID, Direction: conntrack.Original, Status: t.entry.Status, State: s}
	if t.reply {
		t.ct.Direction = conntrack.Reply
	}
}

// newEntry decides both translations at once; a real kernel does it at the two
// hooks, with the same result.
func (t *transit) newEntry(tuple conntrack.Tuple) *conversation {
	t.serial++
	e := &conversation{first: t.fate}
	e.ID, e.Original, e.Reply = t.serial, tuple, tuple.Reversed()
	if t.reuseEntry != 0 {
		e.ID, t.reuseEntry = t.reuseEntry, 0
	}
	switch t.dnatRule() {
	case webRule:
		e.Reply.Source = inside
	case webRule2:
		e.Reply.Source = netip.MustParseAddrPort("172.17.0.3:5000")
	case dnsRule:
		e.Reply.Source = netip.MustParseAddrPort("172.17.0.2:5353")
	}
	if e.Reply.Source != tuple.Destination {
		e.Status, e.translation = conntrack.DestNAT, trace.DNAT
	}
	n := t.state.Node("host")
	r, _ := n.Route(e.Reply.Source.Addr())
	if netip.MustParsePrefix("172.17.0.0/16").Contains(tuple.Source.Addr()) && r.Interface != "docker0" && t.in != 0 && !n.Owns(e.Reply.Source.Addr()) {
		port := tuple.Source.Port()
		free := func() bool {
			e.Reply.Destination = netip.AddrPortFrom(n.Interface(r.Interface).Addresses[0].Addr(), port)
			if tuple.Protocol == 1 {
				e.Reply.Source = netip.AddrPortFrom(e.Reply.Source.Addr(), port)
			}
			return t.table[e.Reply] == nil
		}
		for !free() {
			port++
		}
		e.Status, e.translation = conntrack.SourceNAT, trace.Masquerade
	}
	t.table[e.Original], t.table[e.Reply] = e, e
	return e
}

// forget removes an entry, as a timeout does.
func (b *bed) forget(e *conversation) {
	delete(b.table, e.Original)
	delete(b.table, e.Reply)
	b.event(conntrack.Destroy, e, e.first)
}

func (b *bed) event(k conntrack.Kind, e *conversation, f *fate) {
	ev := conntrack.Event{Kind: k, Entry: e.Entry}
	b.proofs = append(b.proofs, &proof{kind: aConntrack, node: "host", fate: f, time: b.now, feed: func(c *Correlator, p *proof) { c.Conntrack("host", ev, p.time) }})
}

func (t *transit) confirm() {
	if t.entry != nil && !t.entry.known {
		t.entry.known = true
		t.event(conntrack.New, t.entry, t.fate)
	}
}

// translate applies the entry to the destination (prerouting) or the source.
func (t *transit) translate(destination bool) {
	e := t.entry
	if e == nil {
		return
	}
	hook, kind, rule := "postrouting", trace.CauseConntrack, uint64(0)
	if destination {
		hook = "prerouting"
	}
	if t.d.quoted != nil {
		q := *t.d.quoted
		to := e.Original.Reversed()
		if !t.reply {
			to = e.Reply.Reversed()
		}
		switch {
		case destination:
			t.d.ends.Destination = netip.AddrPortFrom(to.Destination.Addr(), 0)
			q.ends.Source = to.Destination
		case t.d.ends.Source.Addr() == q.ends.Destination.Addr():
			t.d.ends.Source = netip.AddrPortFrom(to.Source.Addr(), 0)
			q.ends.Destination = to.Source
		}
		t.d.quoted = &q
	} else if destination {
		if t.isNew {
			kind, rule = trace.CauseRule, t.dnatRule()
		}
		t.d.ends.Destination = t.to.Destination
		if t.d.protocol == layers.IPProtocolICMPv4 {
			// The identifier is neither end's; it goes with the source going out.
			id := t.d.ends.Source.Port()
			if t.reply {
				id = t.to.Destination.Port()
			}
			t.d.ends = trace.Ends{Source: netip.AddrPortFrom(t.d.ends.Source.Addr(), id), Destination: netip.AddrPortFrom(t.to.Destination.Addr(), id)}
		}
	} else {
		if t.isNew {
			kind, rule = trace.CauseRule, masqRule
		}
		t.d.ends.Source = t.to.Source
		if t.d.protocol == layers.IPProtocolICMPv4 {
			t.d.ends.Destination = t.to.Destination
		}
	}
	if kind == trace.CauseRule && rule == 0 {
		kind = trace.CauseConntrack
	}
	t.noteAs("host", hook, kind, rule)
}

// note writes down what has changed since the last time.
func (t *transit) note(node, hook string, rule uint64) { t.noteAs(node, hook, 0, rule) }

func (t *transit) noteAs(node, hook string, kind trace.CauseKind, rule uint64) {
	text := func(d datagram) packet.Packet {
		p, _ := packet.NewDecoder().Frame(d.bytes())
		return p
	}
	p, q := text(t.last), text(t.d)
	add := func(f trace.Field, from, to string, k trace.CauseKind) {
		if from != to {
			t.changes = append(t.changes, truth{f, from, to, node, hook, k, rule})
		}
	}
	if q.IsIP() {
		add(trace.FieldSource, p.Source(), q.Source(), kind)
		add(trace.FieldDestination, p.Destination(), q.Destination(), kind)
		if q.ICMP.ID != p.ICMP.ID {
			add(trace.FieldICMPID, "a", "b", kind)
		}
	}
	t.last = t.d
}

func (t *transit) forward(out *trace.Interface) bool {
	accept := nftrace.Message{Rule: acceptRule, Verdict: nftrace.Verdict{Code: nftrace.Accept}}
	ok := true
	switch t.d.ends.Destination.Port() {
	case 6000:
		accept = nftrace.Message{Rule: dropRule1, Verdict: nftrace.Verdict{Code: nftrace.Drop}}
		t.outcome, t.node, t.hook, t.rule, ok = trace.OutcomeDropped, "host", "forward", dropRule1, false
		t.chain("filter", "FORWARD", t.in, out.Index, accept)
	case 6001:
		t.outcome, t.node, t.hook, t.rule, ok = trace.OutcomeDropped, "host", "forward", 0, false
		t.policy("filter", "FORWARD", t.in, out.Index, nftrace.Drop)
	default:
		t.chain("filter", "FORWARD", t.in, out.Index, accept)
	}
	if !ok {
		if t.isNew {
			delete(t.table, t.entry.Original)
			delete(t.table, t.entry.Reply)
		}
		return false
	}
	t.chain(nftrace.Table, "seen-forward", t.in, out.Index)
	return true
}

func (t *transit) postrouting(out *trace.Interface) bool {
	t.chain(nftrace.Table, "near-postrouting", 0, out.Index)
	if t.isNew {
		if t.to.Source != t.d.ends.Source {
			t.chain("nat", "POSTROUTING", 0, out.Index, nftrace.Message{Rule: masqRule, Verdict: nftrace.Verdict{Code: nftrace.Accept}})
		} else {
			t.chain("nat", "POSTROUTING", 0, out.Index)
		}
	}
	t.translate(false)
	t.chain(nftrace.Table, "seen-postrouting", 0, out.Index)
	t.confirm()
	return true
}

// chain lets the datagram meet rules in a chain, and its policy after them.
func (t *transit) chain(table, chain string, in, out int, rules ...nftrace.Message) {
	t.messages(table, chain, in, out, nftrace.Accept, rules)
}

func (t *transit) policy(table, chain string, in, out int, p nftrace.VerdictCode) {
	t.messages(table, chain, in, out, p, nil)
}

func (t *transit) messages(table, chain string, in, out int, policy nftrace.VerdictCode, rules []nftrace.Message) {
	first := true
	hook, _ := nftrace.PlaceOf(table, chain)
	emit := func(m nftrace.Message) {
		m.Table = table
		if m.Chain == "" {
			m.Chain = chain
		}
		if first { // only then has a message headers and interfaces
			m.In, m.Out = in, out
			b := t.d.bytes()
			m.Network, m.Transport, m.Conntrack = b[14:34], b[34:min(len(b), 54)], t.ct
			if in != 0 {
				m.Link = b[:14]
			}
		}
		t.proofs = append(t.proofs, &proof{kind: aMessage, node: "host", fate: t.fate, time: t.now, buffer: t.buffer, head: first, feed: func(c *Correlator, p *proof) {
			m.ID = p.buffer.id
			c.Trace("host", m, p.read)
		}})
		first = false
		if table == nftrace.Table || m.EndOfRules() {
			return
		}
		s := trace.Step{Hook: trace.Hook(hook.Hook), RuleRef: trace.RuleRef{Table: table, Chain: m.Chain, Handle: m.Rule}, Verdict: verdict(m.Verdict), Terminal: m.Verdict.Terminal()}
		switch m.Kind {
		case nftrace.Policy:
			s.Verdict, s.Terminal = verdict(m.Policy), true
		case nftrace.Return:
			s.Verdict, s.Terminal = trace.Verdict{Kind: trace.VerdictReturn}, false
		}
		t.steps = append(t.steps, s)
	}
	t.tick()
	for _, m := range rules {
		if m.Kind == 0 {
			m.Kind = nftrace.Rule
		}
		emit(m)
		if m.Kind == nftrace.Rule && m.Verdict.Terminal() {
			return
		}
	}
	emit(nftrace.Message{Kind: nftrace.Rule, Verdict: nftrace.Verdict{Code: nftrace.Continue}})
	emit(nftrace.Message{Kind: nftrace.Policy, Policy: nftrace.Verdict{Code: policy}})
}

// overlap moves the evidence from proof i on back in time, so that it begins
// somewhere within what came before: two packets under way at once.
func (b *bed) overlap(i int, back time.Duration) {
	for _, p := range b.proofs[i:] {
		p.time = p.time.Add(-back)
	}
}

// deliver gives the evidence to a correlator: frames up to lag late and in any
// order, the messages and the events of a node in theirs. Buffers in use at the
// same time have different ids, of a pool as small as can be.
func (b *bed) deliver(lag time.Duration, keep func(*proof) bool) ([]trace.Journey, *Correlator) {
	order := slices.Clone(b.proofs)
	slices.SortStableFunc(order, func(x, y *proof) int { return x.time.Compare(y.time) })
	b.allot(order)
	type arriving struct {
		*proof
		at time.Time
	}
	var list []arriving
	var last [3]time.Time
	var before *proof
	for _, p := range order {
		if keep != nil && !keep(p) {
			continue
		}
		late := lag
		if p.kind == aMessage {
			late = lag / 4
		}
		at := p.time.Add(time.Duration(b.random.Int64N(int64(late) + 1)))
		if p.kind != aFrame && at.Before(last[p.kind]) {
			at = last[p.kind]
		}
		// Two frames with one stamp come in the order of the queue.
		if p.kind == aFrame && before != nil && before.time.Equal(p.time) && before.node == p.node && at.Before(before.read) {
			at = before.read
		}
		last[p.kind], p.read = at, at
		if p.kind == aFrame {
			before = p
		}
		list = append(list, arriving{p, at})
	}
	slices.SortStableFunc(list, func(x, y arriving) int { return x.at.Compare(y.at) })
	var journeys []trace.Journey
	c := New(Snapshot{&b.state, b.rules}, func(j trace.Journey) { journeys = append(journeys, j) })
	for _, a := range list {
		a.feed(c, a.proof)
	}
	c.Flush(b.now.Add(time.Second))
	return journeys, c
}

func (b *bed) allot(order []*proof) {
	lastUse := map[*buffer]int{}
	for i, p := range order {
		if p.buffer != nil {
			lastUse[p.buffer] = i
		}
	}
	free := []uint32{1, 2, 3, 4}
	for i, p := range order {
		if p.buffer == nil {
			continue
		}
		if p.buffer.id == 0 {
			if len(free) == 0 {
				free = append(free, uint32(100+i))
			}
			k := b.random.IntN(len(free))
			p.buffer.id = free[k]
			free = slices.Delete(free, k, k+1)
		}
		if lastUse[p.buffer] == i {
			free = append(free, p.buffer.id)
		}
	}
}
