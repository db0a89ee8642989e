package iptables

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"tracer/sim/rule"
)

// ConnState is "-m conntrack": what conntrack knows about a packet's connection. A zero field
// matches everything.
type ConnState struct {
	States States
	Not    bool // none of the States
	Alias  bool // written "-m state --state"

	Protocol            Protocol // --ctproto
	OriginalSource      Address  // of the connection's first packet, as it came
	OriginalDestination Address
	ReplySource         Address // of a reply, as it comes
	ReplyDestination    Address

	OriginalSourcePort      PortCondition
	OriginalDestinationPort PortCondition
	ReplySourcePort         PortCondition
	ReplyDestinationPort    PortCondition

	Status    Statuses
	NotStatus bool // none of the Status
	Expires   ExpiryCondition
	Direction rule.Direction
}

// PortCondition is a condition on one port. The zero value matches every port.
type PortCondition struct {
	PortRange
	Not bool
}

// ExpiryCondition is a condition on the seconds until a connection is forgotten.
type ExpiryCondition struct {
	First, Last uint32
	Set, Not    bool // Set: the condition is there
}

// Flags of struct xt_conntrack_mtinfo3, and offsets in it.
const (
	ctState           = 1 << 0
	ctProtocol        = 1 << 1
	ctOriginalSource  = 1 << 2 // the other addresses follow
	ctStatus          = 1 << 6
	ctExpires         = 1 << 7
	ctOriginalSrcPort = 1 << 8 // the other ports follow
	ctDirection       = 1 << 12
	ctStateAlias      = 1 << 13

	ctExpiresAt  = 128
	ctProtocolAt = 136
	ctPortsAt    = 138
	ctMatchAt    = 146
	ctInvertAt   = 148
	ctStateAt    = 150
	ctStatusAt   = 152
	ctSize2      = 154 // the end of revision 2
	ctHighAt     = 154 // the upper ends of the port ranges
	ctSize       = 164
)

var connTrackKind = &kind[ConnState]{
	name: "conntrack",
	options: []option[ConnState]{
		{"--ctstate", "STATES", true, (*ConnState).setStates},
		{"--ctproto", "PROTOCOL", true, func(c *ConnState, a *argument) error {
			n, ok := protocolNamed(a.value())
			c.Protocol = Protocol{n, a.not}
			if !ok {
				return a.errorf("is not a protocol: use a name such as tcp, or a number from 1 to 255")
			}
			return nil
		}},
		{"--ctorigsrc", "ADDRESS[/LENGTH]", true, func(c *ConnState, a *argument) error { return c.OriginalSource.set(a) }},
		{"--ctorigdst", "ADDRESS[/LENGTH]", true, func(c *ConnState, a *argument) error { return c.OriginalDestination.set(a) }},
		{"--ctreplsrc", "ADDRESS[/LENGTH]", true, func(c *ConnState, a *argument) error { return c.ReplySource.set(a) }},
		{"--ctrepldst", "ADDRESS[/LENGTH]", true, func(c *ConnState, a *argument) error { return c.ReplyDestination.set(a) }},
		{"--ctorigsrcport", "PORT[:PORT]", true, func(c *ConnState, a *argument) error { return c.OriginalSourcePort.set(a) }},
		{"--ctorigdstport", "PORT[:PORT]", true, func(c *ConnState, a *argument) error { return c.OriginalDestinationPort.set(a) }},
		{"--ctreplsrcport", "PORT[:PORT]", true, func(c *ConnState, a *argument) error { return c.ReplySourcePort.set(a) }},
		{"--ctrepldstport", "PORT[:PORT]", true, func(c *ConnState, a *argument) error { return c.ReplyDestinationPort.set(a) }},
		{"--ctstatus", "STATUSES", true, func(c *ConnState, a *argument) (err error) {
			c.Status, err = bitSet(a, allStatuses)
			c.NotStatus = a.not
			return err
		}},
		{"--ctexpire", "SECONDS[:SECONDS]", true, func(c *ConnState, a *argument) error {
			r, err := a.span(0xffffffff)
			c.Expires = ExpiryCondition{r.from, r.to, true, a.not}
			return err
		}},
		{"--ctdir", "DIRECTION", false, func(c *ConnState, a *argument) error {
			switch strings.ToUpper(a.value()) {
			case "ORIGINAL":
				c.Direction = rule.Original
			case "REPLY":
				c.Direction = rule.Reply
			default:
				return a.errorf("is not ORIGINAL or REPLY")
			}
			return nil
		}},
	},
	read: readConnState(IPv4), normal: normalConnState,
	size:   ctSize2,
	inIPv6: &layout[ConnState]{readConnState(IPv6), ctSize2},
}

// stateKind is an older name of conntrack's first option. In the kernel it is the same
// match with a flag.
var stateKind = &kind[ConnState]{
	name: "state", start: ConnState{Alias: true}, single: true,
	options: []option[ConnState]{{"--state", "STATES", true, (*ConnState).setStates}},
}

func (c *ConnState) setStates(a *argument) (err error) {
	c.States, err = bitSet(a, allStates)
	c.Not = a.not
	return err
}

func (p *PortCondition) set(a *argument) (err error) {
	p.PortRange, err = parsePorts(a.option, a.value(), ":")
	p.Not = a.not
	return err
}

// parts returns the addresses and ports in the order of the structure and of the text.
func (c *ConnState) parts() (addresses [4]*Address, ports [4]*PortCondition) {
	return [4]*Address{&c.OriginalSource, &c.OriginalDestination, &c.ReplySource, &c.ReplyDestination},
		[4]*PortCondition{&c.OriginalSourcePort, &c.OriginalDestinationPort, &c.ReplySourcePort, &c.ReplyDestinationPort}
}

// normalConnState turns revision 2, which has single ports in network order, into 3. The
// mask of an IPv4 address without a length is as wide as IPv6's.
func normalConnState(revision uint32, s structure) (uint32, structure) {
	if revision == 2 {
		s = append(s[:ctSize2], make(structure, ctSize-ctSize2)...)
		for i := range 4 {
			port := s.big16(ctPortsAt + 2*i)
			s.put16(ctPortsAt+2*i, port)
			s.put16(ctHighAt+2*i, port)
		}
		revision = 3
	}
	for i := range 4 {
		if mask := s[32*i+16 : 32*i+32]; every(mask[:4], 0xff) && zero(mask[4:]) {
			fill(mask, 0xff)
		}
	}
	return revision, s
}

func readConnState(f Family) func(uint32, structure) (ConnState, bool) {
	return func(revision uint32, s structure) (c ConnState, ok bool) {
		if revision != 3 || len(s) < ctSize {
			return c, false
		}
		return c, c.read(f, s)
	}
}

// read decodes revision 3. It returns false for a mask that is not a prefix.
func (c *ConnState) read(f Family, s structure) (ok bool) {
	ok = true
	match, invert := s.uint16(ctMatchAt), s.uint16(ctInvertAt)
	c.Alias = match&ctStateAlias != 0
	if match&ctState != 0 {
		c.States, c.Not = States(s.uint16(ctStateAt)), invert&ctState != 0
	}
	if match&ctProtocol != 0 {
		c.Protocol = Protocol{ProtocolNumber(s.uint16(ctProtocolAt)), invert&ctProtocol != 0}
	}
	addresses, ports := c.parts()
	for i := range 4 {
		if flag := uint16(ctOriginalSource << i); match&flag != 0 {
			length, prefix := prefixLength(s[32*i+16 : 32*i+16+f.size()])
			ok = ok && prefix
			*addresses[i] = Address{netip.PrefixFrom(f.address(s[32*i:]), length), invert&flag != 0}
		}
		if flag := uint16(ctOriginalSrcPort << i); match&flag != 0 {
			*ports[i] = PortCondition{PortRange{s.uint16(ctPortsAt + 2*i), s.uint16(ctHighAt + 2*i)}, invert&flag != 0}
		}
	}
	if match&ctStatus != 0 {
		c.Status, c.NotStatus = Statuses(s.uint16(ctStatusAt)), invert&ctStatus != 0
		if c.Status == 0 {
			c.Status = NoStatus
		}
	}
	if match&ctExpires != 0 {
		c.Expires = ExpiryCondition{s.uint32(ctExpiresAt), s.uint32(ctExpiresAt + 4), true, invert&ctExpires != 0}
	}
	if match&ctDirection != 0 {
		c.Direction = rule.Original
		if invert&ctDirection != 0 {
			c.Direction = rule.Reply
		}
	}
	return ok
}

func (c ConnState) encode(out *code) {
	s := make(structure, ctSize)
	var match, invert uint16
	add := func(set, not bool, flag uint16) {
		if set {
			match |= flag
		}
		if set && not {
			invert |= flag
		}
	}
	add(c.States != 0, c.Not, ctState)
	add(c.Alias, false, ctStateAlias)
	s.put16(ctStateAt, uint16(c.States))
	add(c.Protocol.Number != 0, c.Protocol.Not, ctProtocol)
	s.put16(ctProtocolAt, uint16(c.Protocol.Number))
	addresses, ports := c.parts()
	for i := range 4 {
		if p := addresses[i].Prefix; p.IsValid() {
			copy(s[32*i:], p.Addr().AsSlice())
			copy(s[32*i+16:], net.CIDRMask(p.Bits(), p.Addr().BitLen()))
			if p.IsSingleIP() {
				fill(s[32*i+16:32*i+32], 0xff)
			}
			add(true, addresses[i].Not, ctOriginalSource<<i)
		}
		add(ports[i].PortRange != PortRange{}, ports[i].Not, ctOriginalSrcPort<<i)
		s.put16(ctPortsAt+2*i, ports[i].First)
		s.put16(ctHighAt+2*i, ports[i].Last)
	}
	add(c.Status != 0, c.NotStatus, ctStatus)
	s.put16(ctStatusAt, uint16(c.Status&^NoStatus))
	add(c.Expires.Set, c.Expires.Not, ctExpires)
	s.put32(ctExpiresAt, c.Expires.First)
	s.put32(ctExpiresAt+4, c.Expires.Last)
	add(c.Direction != 0, c.Direction == rule.Reply, ctDirection)
	s.put16(ctMatchAt, match)
	s.put16(ctInvertAt, invert)
	out.match("conntrack", 3, s)
}

// String returns "-m conntrack --ctstate RELATED,ESTABLISHED".
func (c ConnState) String() string { return c.text().String() }

func (c ConnState) text() *text {
	if c.Alias {
		t := begin("state")
		t.add(c.Not, "--state", c.States.String())
		return t
	}
	t := begin("conntrack")
	if c.States != 0 {
		t.add(c.Not, "--ctstate", c.States.String())
	}
	if c.Protocol.Number != 0 {
		t.add(c.Protocol.Not, "--ctproto", strconv.Itoa(int(c.Protocol.Number)))
	}
	addresses, ports := c.parts()
	for i, flag := range [...]string{"--ctorigsrc", "--ctorigdst", "--ctreplsrc", "--ctrepldst"} {
		if addresses[i].Prefix.IsValid() {
			t.add(addresses[i].Not, flag, addresses[i].short())
		}
	}
	for i, flag := range [...]string{"--ctorigsrcport", "--ctorigdstport", "--ctreplsrcport", "--ctrepldstport"} {
		if (ports[i].PortRange != PortRange{}) {
			t.add(ports[i].Not, flag, ports[i].join(":"))
		}
	}
	if c.Status != 0 {
		t.add(c.NotStatus, "--ctstatus", c.Status.String())
	}
	if c.Expires.Set {
		t.add(c.Expires.Not, "--ctexpire", span{c.Expires.First, c.Expires.Last}.String())
	}
	t.addIf(c.Direction == rule.Original, "--ctdir", "ORIGINAL")
	t.addIf(c.Direction == rule.Reply, "--ctdir", "REPLY")
	return t
}

// listed: iptables -L has the words of -S, without the dashes.
func (c ConnState) listed() string {
	words := slices.Clone(c.text().words[len([]string{"-m", "conntrack"}):])
	for i, w := range words {
		words[i] = strings.TrimPrefix(w, "--")
	}
	return strings.Join(words, " ")
}

func (c ConnState) problems(p place) (out []string) {
	if (c == ConnState{}) {
		return []string{"conntrack names no condition"}
	}
	if c.Alias && (c != ConnState{States: c.States, Not: c.Not, Alias: true} || c.States == 0) {
		out = append(out, "state takes --state and nothing else")
	}
	if c.States&^allStates != 0 {
		out = append(out, "conntrack has an unknown state")
	}
	if c.Status&^allStatuses != 0 || c.Status&NoStatus != 0 && c.Status != NoStatus {
		out = append(out, "conntrack has an unknown status")
	}
	if c.Direction > rule.Reply {
		out = append(out, "conntrack has an unknown direction")
	}
	for _, negated := range [...]struct{ set, not bool }{
		{c.States != 0, c.Not}, {c.Status != 0, c.NotStatus}, {c.Protocol.Number != 0, c.Protocol.Not}, {c.Expires.Set, c.Expires.Not},
	} {
		if negated.not && !negated.set {
			out = append(out, "negation without a condition")
		}
	}
	return append(out, c.rangeProblems(p.family)...)
}

// rangeProblems checks addresses, ports and times.
func (c *ConnState) rangeProblems(f Family) (out []string) {
	addresses, ports := c.parts()
	for i := range 4 {
		if text := addresses[i].problem(f); text != "" {
			out = append(out, text)
		}
		switch p := ports[i]; {
		case p.First > p.Last:
			out = append(out, "port range "+p.join(":")+" is in the wrong order")
		case p.PortRange == PortRange{} && p.Not:
			out = append(out, "negation without ports")
		}
	}
	if e := c.Expires; e.First > e.Last || !e.Set && (e.First != 0 || e.Last != 0) {
		out = append(out, "conntrack has times that are not valid")
	}
	return out
}

// fails judges the state and the direction. All other conditions are about the connection,
// not the packet.
func (c ConnState) fails(f *rule.Facts) (rule.Mismatch, bool) {
	state := states(f.State)
	flag := "--ctstate "
	if c.Alias {
		flag = "--state "
	}
	// The facts do not say whether a connection is translated.
	if state != 0 && c.States != 0 && c.States&(SNATed|DNATed) == 0 && (c.States&state != 0) == c.Not {
		return mismatch(c.Not, flag+c.States.String(), state.String())
	}
	// A packet without a connection meets all other conditions if the rule tests a state
	// (conntrack_mt).
	tracked := f.State == rule.New || f.State == rule.Established || f.State == rule.Related
	if tracked && c.Direction != 0 && f.Direction != 0 && c.Direction != f.Direction {
		names := [...]string{rule.Original: "ORIGINAL", rule.Reply: "REPLY"}
		return mismatch(false, "--ctdir "+names[c.Direction], names[f.Direction])
	}
	return rule.Mismatch{}, false
}
