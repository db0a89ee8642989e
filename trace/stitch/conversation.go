package stitch

import (
	"slices"

	"github.com/google/gopacket/layers"

	"tracer/trace"
	"tracer/trace/join"
	"tracer/trace/survey"
)

// Conversation is a flow as captures alone show it: the ends of its packets, in each form
// that translation gave them. That the forms belong together is only inferred.
type Conversation struct {
	survey.Conversation
	ID int
	// Forms are the ends of packets in the original direction, in the order in which a
	// packet takes them on: as first sent, then after each NAT.
	Forms []trace.Ends
	First int // number of the journey in which it was first seen

	keys     []formKey
	arranged bool      // the forms are in order
	point    int       // where it was first seen
	begun    uint32    // sequence number of the first packet: of the SYN, if one opened it
	streams  [2]stream // by direction

	forgotten    bool
	older, newer *Conversation
}

// formKey identifies one form of a conversation, in one direction.
type formKey struct {
	etherType layers.EthernetType
	protocol  layers.IPProtocol
	ends      trace.Ends
	reply     bool // only echoes show it: both ends may send requests with equal identifiers
	fragments bool // of datagrams: they do not show their ports
	resolves  bool // it asks for a hardware address; ICMPv6 errors may have the same ends
}

// keyOf returns the key of a packet's conversation.
func keyOf(p *trace.Headers) formKey {
	return formKey{p.EtherType, p.Protocol, p.Parties(), p.IsEcho() && isReply(p), p.IsFragment(), p.Resolves()}
}

// reversed returns the key of the opposite direction. echo tells whether it is an echo's.
func (k formKey) reversed(echo bool) formKey {
	k.ends, k.reply = k.ends.Reversed(), k.reply != echo
	return k
}

// NAT returns the kinds of translation, inferred from the first and last forms.
func (c *Conversation) NAT() []trace.Translation {
	first, last := c.Forms[0], c.Forms[len(c.Forms)-1]
	var out []trace.Translation
	if first.Destination != last.Destination {
		out = append(out, trace.DNAT)
	}
	if first.Source != last.Source {
		out = append(out, trace.SNAT)
	}
	return out
}

// Flow returns the conversation as views show it.
func (c *Conversation) Flow() trace.Flow {
	f := trace.Flow{ID: c.ID, Protocol: c.Protocol, Original: c.Forms[0], Reply: c.Forms[len(c.Forms)-1].Reversed()}
	if c.Began {
		f.NAT = c.NAT()
	}
	return f
}

// conversations remembers the most recently used conversations.
type conversations struct {
	known          map[formKey]entrance
	opened         map[uint32]*Conversation // by the sequence number of its SYN
	oldest, newest *Conversation
	count, numbers int
	formless       int // packets whose ends were beyond the limit
	holes          int // gaps forgotten
}

func newConversations() *conversations {
	return &conversations{known: map[formKey]entrance{}, opened: map[uint32]*Conversation{}}
}

// entrance is one form of a conversation, in one direction.
type entrance struct {
	of        *Conversation
	direction trace.FlowDirection
}

// of returns the conversation of a packet that was not seen before, and the packet's
// direction.
func (c *conversations) of(p *trace.Headers, point, journey int) (*Conversation, trace.FlowDirection) {
	if q := p.ICMP.Quoted; q != nil {
		// An error travels back along the path of the packet it quotes.
		if e, known := c.quoted(p, q); known {
			c.touch(e.of)
			return e.of, e.direction.Opposite()
		}
	}
	syn := p.Protocol == layers.IPProtocolTCP && p.TCP.Flags&trace.SYN != 0
	e, known := c.known[keyOf(p)]
	if !known || syn && !e.of.openedBy(p) {
		if o, is := c.opener(p, point); is {
			c.learn(o.of, p, o.direction)
			e, known = o, true
		}
	}
	opens := syn && p.TCP.Flags&trace.ACK == 0
	if known && (!opens || e.of.openedBy(p)) {
		c.touch(e.of)
		return e.of, e.direction
	}
	direction, began := trace.Original, true
	if !opens {
		direction, began = begin(p)
	}
	n := &Conversation{
		Conversation: survey.Conversation{Protocol: protocolName(p), Began: began},
		ID:           c.numbers + 1, First: journey, point: point, begun: p.TCP.Seq,
	}
	c.numbers++
	c.count++
	c.touch(n)
	c.learn(n, p, direction)
	if opens {
		c.opened[n.begun] = n
	}
	for c.count > keepConversations {
		c.forget(c.oldest)
	}
	return n, direction
}

// same reports whether two packets certainly belong to one conversation and direction.
func (c *conversations) same(a, b *trace.Headers) bool {
	e, known := c.known[keyOf(a)]
	return known && e == c.known[keyOf(b)]
}

// quoted returns the conversation of a packet that an ICMP error quotes, and its direction.
// The quote does not say whether an echo is a request or a reply. Errors are nearly always about
// requests, so these are looked up first.
func (c *conversations) quoted(p *trace.Headers, q *trace.Quote) (e entrance, known bool) {
	k := formKey{etherType: p.EtherType, protocol: q.Protocol, ends: q.Ends}
	if e, known = c.known[k]; !known {
		k.reply = true
		e, known = c.known[k]
	}
	return e, known
}

// begin returns the direction of the first packet seen of a conversation, and whether it is
// known to have opened it. Datagrams do not show that, and neither do most segments. Then the
// direction of the first one seen counts as original, as in conntrack.
func begin(p *trace.Headers) (d trace.FlowDirection, began bool) {
	switch {
	case p.Protocol == layers.IPProtocolTCP:
		if p.TCP.Flags&trace.SYN != 0 { // a SYN-ACK
			return trace.Reply, false
		}
	case p.IsEcho() && isReply(p), p.Resolves() && !p.Asks():
		return trace.Reply, false
	case p.IsEcho(), p.Resolves():
		return trace.Original, true
	}
	return trace.Original, false
}

func isReply(p *trace.Headers) bool {
	return p.ICMP.Type == layers.ICMPv4TypeEchoReply && p.Protocol == layers.IPProtocolICMPv4 ||
		p.ICMP.Type == layers.ICMPv6TypeEchoReply && p.Protocol == layers.IPProtocolICMPv6
}

func protocolName(p *trace.Headers) string {
	if !p.IsIP() {
		return p.EtherType.String()
	}
	return p.Protocol.String()
}

// learn records a form of a conversation: the ends of one of its packets.
// [Conversation.arrange] sorts them later.
func (c *conversations) learn(n *Conversation, p *trace.Headers, direction trace.FlowDirection) {
	ends := p.Parties()
	if direction == trace.Reply {
		ends = ends.Reversed()
	}
	if n.forgotten || slices.Contains(n.Forms, ends) {
		return
	}
	if len(n.Forms) >= maxForms {
		c.formless++
		return
	}
	if n.Forms == nil { // most have at most one NAT
		n.Forms, n.keys = make([]trace.Ends, 0, 2), make([]formKey, 0, 4)
	}
	n.Forms, n.arranged = append(n.Forms, ends), false
	there := keyOf(p)
	back := there.reversed(p.IsEcho())
	if direction == trace.Reply {
		there, back = back, there
	}
	if !p.IsFragment() { // fragments do not show that one answers another
		c.enter(back, entrance{n, trace.Reply})
	}
	c.enter(there, entrance{n, trace.Original}) // even if a socket sends to itself
}

// enter makes packets with a key belong to the conversation that showed it last. The direction of
// a datagram seen first is only assumed: if it is known to answer another conversation's, whose
// translation the join has missed, those datagrams stay where they are.
func (c *conversations) enter(k formKey, e entrance) {
	old, known := c.known[k]
	if known && old.of != e.of && old.direction != e.direction && !e.of.Began && k.protocol != layers.IPProtocolTCP {
		return
	}
	e.of.keys = append(e.of.keys, k)
	c.known[k] = e
}

// has reports whether packets of the conversation had these ends in a direction.
func (n *Conversation) has(ends trace.Ends, direction trace.FlowDirection) bool {
	if direction == trace.Reply {
		ends = ends.Reversed()
	}
	return slices.Contains(n.Forms, ends)
}

// arrange sorts the forms of a conversation into the order in which one of its packets
// took them on.
func (n *Conversation) arrange(sightings []join.Sighting, direction trace.FlowDirection) {
	if n.arranged || len(n.Forms) < 2 {
		return
	}
	order := make([]trace.Ends, 0, len(n.Forms))
	for i := range sightings {
		e := sightings[i].Packet.Parties()
		if direction == trace.Reply {
			e = sightings[len(sightings)-1-i].Packet.Parties().Reversed()
		}
		if !slices.Contains(order, e) {
			order = append(order, e)
		}
	}
	if len(order) == len(n.Forms) {
		n.Forms, n.arranged = order, true
	}
}

// touch makes a conversation the most recent one.
func (c *conversations) touch(n *Conversation) {
	if c.newest == n {
		return
	}
	c.unlink(n)
	n.older = c.newest
	if c.newest != nil {
		c.newest.newer = n
	}
	c.newest = n
	if c.oldest == nil {
		c.oldest = n
	}
}

func (c *conversations) unlink(n *Conversation) {
	if n.older != nil {
		n.older.newer = n.newer
	}
	if n.newer != nil {
		n.newer.older = n.older
	}
	if c.oldest == n {
		c.oldest = n.newer
	}
	if c.newest == n {
		c.newest = n.older
	}
	n.older, n.newer = nil, nil
}

func (c *conversations) forget(n *Conversation) {
	c.unlink(n)
	c.count--
	n.forgotten = true
	for _, k := range n.keys {
		if c.known[k].of == n {
			delete(c.known, k)
		}
	}
	n.keys = nil
	if c.opened[n.begun] == n {
		delete(c.opened, n.begun)
	}
}
