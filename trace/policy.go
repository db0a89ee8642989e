package trace

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// The routing tables that always exist (enum rt_class_t).
const (
	TableDefault = 253
	TableMain    = 254
	TableLocal   = 255 // the kernel's own: addresses of the node and of broadcasts
)

// RouteTable is a routing table other than the main one.
type RouteTable struct {
	ID     uint32  `json:"table"`
	Routes []Route `json:"routes"`
}

// RoutingRule is one rule of the routing policy, as ip-rule(8) lists it: it names the table
// to look in for packets that meet all its conditions.
type RoutingRule struct {
	IPv6     bool   `json:"ipv6,omitempty"` // for packets of IPv6; the others are for IPv4
	Priority uint32 `json:"priority"`       // rules are tried in ascending order
	Not      bool   `json:"not,omitempty"`  // for packets that do not meet the conditions

	// The conditions. Zero values match every packet.
	From             netip.Prefix `json:"from,omitzero"`
	To               netip.Prefix `json:"to,omitzero"`
	In               string       `json:"iif,omitempty"` // "lo": packets that the node itself sends
	Out              string       `json:"oif,omitempty"` // the interface that the socket is bound to
	Mark             uint32       `json:"mark,omitempty"`
	Mask             uint32       `json:"mask,omitempty"` // the bits of the mark that are compared
	TOS              uint8        `json:"tos,omitempty"`
	Protocol         uint8        `json:"protocol,omitempty"` // of the IP header
	SourcePorts      PortRange    `json:"sport,omitzero"`
	DestinationPorts PortRange    `json:"dport,omitzero"`
	// Unknown: there are further conditions that tracer cannot evaluate, such as the
	// sending user.
	Unknown bool `json:"unknown,omitempty"`

	Action PolicyAction `json:"action,omitzero"`
	Table  uint32       `json:"table,omitempty"` // PolicyLookup
	Goto   uint32       `json:"goto,omitempty"`  // PolicyGoto: the priority to continue at
	// Shortest is suppress_prefixlength plus one: routes with shorter prefixes than this are
	// ignored. 0: none are.
	Shortest int `json:"shortest,omitempty"`
}

// PortRange is the ports from First to Last. The zero value means any port.
type PortRange struct {
	First uint16 `json:"first"`
	Last  uint16 `json:"last"`
}

// PolicyAction is what a rule of the routing policy does.
type PolicyAction uint8

// The actions (FR_ACT_… in include/uapi/linux/fib_rules.h).
const (
	PolicyLookup PolicyAction = iota // look in a table
	PolicyGoto
	PolicyNop
	PolicyBlackhole
	PolicyUnreachable
	PolicyProhibit
)

var policyActionNames = [...]string{
	PolicyLookup: "", PolicyGoto: "goto", PolicyNop: "nop",
	PolicyBlackhole: "blackhole", PolicyUnreachable: "unreachable", PolicyProhibit: "prohibit",
}

// String returns the action as ip-rule(8) spells it.
func (a PolicyAction) String() string {
	if a == PolicyLookup {
		return "lookup"
	}
	return nameOf(policyActionNames[:], a, "action")
}

// MarshalText returns the name.
func (a PolicyAction) MarshalText() ([]byte, error) { return marshalName(policyActionNames[:], a) }

// UnmarshalText accepts a name.
func (a *PolicyAction) UnmarshalText(text []byte) error {
	return unmarshalName(policyActionNames[:], a, text)
}

// DefaultPolicy is the kernel's default policy for a family.
func DefaultPolicy(six bool) []RoutingRule {
	if six {
		return []RoutingRule{{IPv6: true, Table: TableLocal}, {IPv6: true, Priority: 32766, Table: TableMain}}
	}
	return []RoutingRule{{Table: TableLocal}, {Priority: 32766, Table: TableMain}, {Priority: 32767, Table: TableDefault}}
}

// RoutesByMark reports whether routing can depend on a packet's mark.
func (n *Node) RoutesByMark() bool {
	return slices.ContainsFunc(n.Policy, func(r RoutingRule) bool { return r.Mask != 0 || r.Unknown })
}

// String returns the rule in the syntax of ip-rule(8), with its priority:
// "100: from all fwmark 0x1 lookup 100".
func (r RoutingRule) String() string {
	var b strings.Builder
	b.WriteString(strconv.FormatUint(uint64(r.Priority), 10) + ":")
	if r.Not {
		b.WriteString(" not")
	}
	b.WriteString(" from " + prefixText(r.From, "all"))
	r.writeConditions(&b)
	if r.Unknown {
		b.WriteString(" [further conditions]")
	}
	switch r.Action {
	case PolicyLookup:
		b.WriteString(" lookup " + tableName(r.Table))
		if r.Shortest > 0 {
			b.WriteString(" suppress_prefixlength " + strconv.Itoa(r.Shortest-1))
		}
	case PolicyGoto:
		b.WriteString(" goto " + strconv.FormatUint(uint64(r.Goto), 10))
	default:
		b.WriteString(" " + r.Action.String())
	}
	return b.String()
}

func (r *RoutingRule) writeConditions(b *strings.Builder) {
	if r.To.IsValid() {
		b.WriteString(" to " + prefixText(r.To, "all"))
	}
	if r.TOS != 0 {
		b.WriteString(" tos 0x" + strconv.FormatUint(uint64(r.TOS), 16))
	}
	if r.Mark != 0 || r.Mask != 0 {
		b.WriteString(" fwmark 0x" + strconv.FormatUint(uint64(r.Mark), 16))
		if r.Mask != ^uint32(0) {
			b.WriteString("/0x" + strconv.FormatUint(uint64(r.Mask), 16))
		}
	}
	for _, c := range []struct{ name, value string }{
		{"iif", r.In}, {"oif", r.Out}, {"ipproto", number(r.Protocol)}, {"sport", r.SourcePorts.String()}, {"dport", r.DestinationPorts.String()},
	} {
		if c.value != "" {
			b.WriteString(" " + c.name + " " + c.value)
		}
	}
}

func number(n uint8) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(int(n))
}

// String returns "80", "80-90", or nothing for any port.
func (p PortRange) String() string {
	first, last := strconv.Itoa(int(p.First)), strconv.Itoa(int(p.Last))
	switch {
	case p == PortRange{}:
		return ""
	case p.First == p.Last:
		return first
	}
	return first + "-" + last
}

// tableName returns a table's name, or its number.
func tableName(id uint32) string {
	switch id {
	case TableDefault:
		return "default"
	case TableMain:
		return "main"
	case TableLocal:
		return "local"
	}
	return strconv.FormatUint(uint64(id), 10)
}
