package trace

import "net/netip"

// Outcome is how a journey ended.
type Outcome struct {
	Kind   OutcomeKind // 0: it has not ended, in the beginning of a trace (see Trace.Ongoing)
	Node   string      // where it ended; for OutcomeSegmented, empty if unknown
	Hook   Hook        // OutcomeDropped: by netfilter, at this hook
	Reason Reason      // 0 if there is nothing to add

	Rule        RuleRef     // ReasonRule, ReasonReject, ReasonPolicy, ReasonIngress: the rule, or the chain if its policy dropped the packet or the rule is not known
	Answer      Reject      // ReasonReject: what the rule answered
	Interface   string      // ReasonMartian, ReasonMartianSource, ReasonReversePath, ReasonIngress, ReasonNotJoined, ReasonOtherHost, ReasonScope, ReasonNoIPv6: the incoming interface. ReasonNotForwarding: the interface that does not forward; empty if none does. ReasonTooBig, ReasonNoNeighbour, ReasonNoCarrier: the outgoing interface
	Destination netip.Addr  `escape:"-"` // ReasonMartian, ReasonNoRoute, ReasonBlackhole: the packet's. ReasonNotJoined: the group. ReasonNoNeighbour: the next hop
	RouteType   RouteType   // ReasonBlackhole: of the route, or what the routing rule does; 0 if unknown
	Route       Route       // ReasonBlackhole: the route that drops it; without a destination if it is unknown, or if a routing rule drops it
	RoutingRule RoutingRule // ReasonBlackhole: the routing rule that drops it; zero if a route drops it, or if it is unknown
	Length, MTU int         // ReasonTooBig, in bytes
	Others      Point       // ReasonOthersWentOn: where they went
	Segments    []int       // OutcomeSegmented: the numbers of their journeys

	ReportedBy int          // number of the ICMP error or reset sent because of it; 0 if none was seen
	Hooks      []Hook       // netfilter hooks reached after the last hop
	Steps      []Step       // the rules met there
	Changes    []Change     // the changes made there
	Conntrack  *Association // its conntrack entry there, or nil
}

// Lost reports whether the packet failed to get where it should have.
func (o *Outcome) Lost() bool { return o.Kind == OutcomeDropped || o.Kind == OutcomeUnseen }

// OutcomeKind is a way that a journey ends.
type OutcomeKind uint8

// The ways a journey ends.
const (
	OutcomeDelivered OutcomeKind = iota + 1
	OutcomeDropped
	OutcomeUnseen    // not seen at the next place where it was expected, for no known reason
	OutcomeLeft      // continued to where nothing was captured
	OutcomeSegmented // divided into segments, which continued as separate packets
)

var outcomeNames = [...]string{
	OutcomeDelivered: "delivered",
	OutcomeDropped:   "dropped",
	OutcomeUnseen:    "unseen",
	OutcomeLeft:      "left",
	OutcomeSegmented: "segmented",
}

// String returns the kind's name.
func (k OutcomeKind) String() string { return nameOf(outcomeNames[:], k, "outcome") }

// MarshalText returns the name.
func (k OutcomeKind) MarshalText() ([]byte, error) { return marshalName(outcomeNames[:], k) }

// UnmarshalText accepts a name.
func (k *OutcomeKind) UnmarshalText(text []byte) error {
	return unmarshalName(outcomeNames[:], k, text)
}

// Reason is why a journey ended.
type Reason uint8

// The reasons.
const (
	ReasonRule          Reason = iota + 1
	ReasonPolicy               // of a chain
	ReasonNotForwarding        // net.ipv4.ip_forward is 0, or only the interface's own forwarding; net.ipv6.conf.all.forwarding is 0
	ReasonNoRoute
	ReasonTooBig  // exceeds the outgoing MTU, and must not be fragmented
	ReasonMartian // to 127.0.0.0/8 or ::1, from outside
	ReasonCaptureEnded
	ReasonOthersWentOn  // other packets of its kind continued
	ReasonReject        // like ReasonRule, and the rule answers: see Outcome.Answer
	ReasonTTL           // its TTL, or hop limit, expired (RFC 1812, 5.3.1; RFC 8200, 3)
	ReasonReversePath   // no route leads back to its source through the incoming interface (RFC 3704)
	ReasonMartianSource // its source is an address that cannot be on the incoming interface
	ReasonIngress       // a chain at the netdev hook of the incoming interface
	ReasonBlackhole     // a route of type blackhole, unreachable or prohibit
	ReasonNoNeighbour   // no reply to the ARP requests or neighbor solicitations for the next hop
	ReasonNoListener    // delivered, but no socket listens
	ReasonNotJoined     // to a multicast group that the interface has not joined (RFC 1112)
	ReasonReassembly    // a fragment is missing
	ReasonNotTraced     // the node did not trace it
	ReasonNoCarrier     // the outgoing interface is down, or nothing is connected to it
	ReasonNotCounted    // the node counted fewer deliveries than packets that arrived
	ReasonOtherHost     // the frame is for another hardware address (PACKET_OTHERHOST)
	ReasonScope         // an IPv6 packet from a link-local address to another link (RFC 4443, 3.1, code 2)
	ReasonNoIPv6        // the interface does not use IPv6 (net.ipv6.conf.NAME.disable_ipv6)
)

const reasonLast = ReasonNoIPv6

var reasonNames = [...]string{
	ReasonRule:          "rule",
	ReasonPolicy:        "policy",
	ReasonNotForwarding: "not forwarding",
	ReasonNoRoute:       "no route",
	ReasonTooBig:        "too big",
	ReasonMartian:       "martian",
	ReasonCaptureEnded:  "capture ended",
	ReasonOthersWentOn:  "others went on",
	ReasonReject:        "reject",
	ReasonTTL:           "ttl",
	ReasonReversePath:   "reverse path",
	ReasonMartianSource: "martian source",
	ReasonIngress:       "ingress",
	ReasonBlackhole:     "blackhole",
	ReasonNoNeighbour:   "no neighbour",
	ReasonNoListener:    "no listener",
	ReasonNotJoined:     "not joined",
	ReasonReassembly:    "reassembly",
	ReasonNotTraced:     "not traced",
	ReasonNoCarrier:     "no carrier",
	ReasonNotCounted:    "not counted",
	ReasonOtherHost:     "other host",
	ReasonScope:         "scope",
	ReasonNoIPv6:        "no ipv6",
}

// String returns the reason's name.
func (r Reason) String() string { return nameOf(reasonNames[:], r, "reason") }

// MarshalText returns the name.
func (r Reason) MarshalText() ([]byte, error) { return marshalName(reasonNames[:], r) }

// UnmarshalText accepts a name.
func (r *Reason) UnmarshalText(text []byte) error { return unmarshalName(reasonNames[:], r, text) }
