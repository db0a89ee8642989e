package trace

import (
	"fmt"
	"time"

	"tracer/trace/capture"
	"tracer/trace/conntrack"
)

// Journey is one packet on its way through the network: every place it was
// seen at, in order, what changed in between and who changed it.
type Journey struct {
	ID        int           // from 1, in order of the first sighting; see Housekeeping
	Flow      int           // the Flow it belongs to
	Direction FlowDirection // of the packet within its flow
	Summary   string        // "TCP SYN-ACK"
	Hops      []Hop
	Outcome   Outcome
}

// Housekeeping reports whether the packet is one that the nodes send by
// themselves, and that no lesson is about. Such packets come at odd moments;
// their numbers count down from -1, so that they do not shift the others'.
func (j *Journey) Housekeeping() bool { return j.ID < 0 }

// Hop is one sighting of the packet on an interface, and what happened to it
// since the hop before.
type Hop struct {
	Node      string
	Interface string
	Direction capture.Direction
	Time      time.Time
	Frame     int    // number of the captured frame, from 1
	Packet    Packet `escape:"-"` // addresses in it are a frame's, and have no zones

	Hooks     []string     // netfilter's hooks that it was seen to pass since the hop before
	Steps     []Step       // the rules it met since the hop before, in order
	Changes   []Change     // what differs from the hop before
	Conntrack *Association // what connection tracking said of it there; nil: nothing
	Evidence  Evidence     // how what happened since the hop before is known

	// Ambiguous lists other journeys that this sighting could belong to just
	// as well: packets equal in every byte, under way at the same time.
	Ambiguous []int
	// Doubtful means the same of the steps: they may be those of an equal
	// packet that passed the node at the same time.
	Doubtful bool
}

// Place names where it is: "host/docker0".
func (h *Hop) Place() string { return Place(h.Node, h.Interface) }

// Step is one thing that netfilter did with the packet.
type Step struct {
	Hook     string // "prerouting"
	Table    string // "nat"
	Chain    string // "DOCKER"
	Rule     uint64 // the rule's handle; 0: the chain's policy, or its end
	Text     string // the rule as iptables -S shows it, without -A CHAIN
	Verdict  string // "accept", "drop", "jump DOCKER", "return", "continue"
	Terminal bool   // the verdict ended the hook's chain

	// Missed are the rules that were looked at before this one, since the last
	// step in the same chain, and that did not match.
	Missed []Missed
}

// Association is how connection tracking saw a packet.
type Association struct {
	Entry     uint32              // id of the entry
	Direction conntrack.Direction // the packet's, within the connection
	State     string              // "new", "established", …
	Observed  bool                // the kernel said so at the hook; else: by the addresses
}

// Change is one header field that differs between two neighbouring sightings.
type Change struct {
	Field Field
	From  string
	To    string
	Hook  string // where; empty: not at a netfilter hook, or not known
	Cause Cause
}

// Field names what a [Change] changed.
type Field uint8

// The fields tracer compares.
const (
	FieldSource Field = iota + 1
	FieldDestination
	FieldTTL
	FieldSourceMAC
	FieldDestinationMAC
	FieldICMPID
)

var fieldNames = [...]string{
	FieldSource:         "src",
	FieldDestination:    "dst",
	FieldTTL:            "ttl",
	FieldSourceMAC:      "src_mac",
	FieldDestinationMAC: "dst_mac",
	FieldICMPID:         "icmp_id",
}

// String returns the field's name in trace.json.
func (f Field) String() string { return nameOf(fieldNames[:], int(f), "field") }

// Cause says who made a [Change].
type Cause struct {
	Kind CauseKind

	Table, Chain string // CauseRule: where the rule is
	Rule         uint64 // CauseRule: its handle. CauseConntrack: see Established
	Text         string // the rule or the route, as iptables or ip print it

	Entry       uint32      // the connection tracking entry involved, if any
	Established Established // CauseConntrack: what made the entry. CauseInferred: a packet of the end that asked
	Translation string      // CauseConntrack, CauseInferred: "dnat", "snat" or "masquerade"
	Reverse     bool        // CauseConntrack, CauseInferred: undoes the translation, for a reply

	Neighbour string // CauseNeighbour: the address whose entry was used
}

// Established names the packet and the rule that created a connection's entry.
type Established struct {
	Journey      int // 0: before the trace began
	Table, Chain string
	Rule         uint64
	Text         string
}

// CauseKind is the kind of thing that changes a packet.
type CauseKind uint8

// The kinds of cause. CauseInferred is no cause but the admission that the
// change was seen and its author was not.
const (
	CauseRule CauseKind = iota + 1
	CauseConntrack
	CauseRouting
	CauseNeighbour
	CauseInferred
)

var causeNames = [...]string{
	CauseRule:      "rule",
	CauseConntrack: "conntrack",
	CauseRouting:   "routing",
	CauseNeighbour: "neighbour",
	CauseInferred:  "inferred",
}

// String returns the kind's name in trace.json.
func (k CauseKind) String() string { return nameOf(causeNames[:], int(k), "cause") }

// Evidence is what a statement about the inside of a node rests on.
type Evidence uint8

// The kinds of evidence, from the weakest. A hop that follows on a cable or
// through a bridge needs none but the frames.
const (
	EvidenceFrames    Evidence = iota + 1 // only the frames before and after
	EvidenceConntrack                     // the connection's entry
	EvidenceTrace                         // rule steps and checkpoints of this very packet
)

var evidenceNames = [...]string{
	EvidenceFrames:    "frames",
	EvidenceConntrack: "conntrack",
	EvidenceTrace:     "trace",
}

// String returns the evidence's name in trace.json.
func (e Evidence) String() string { return nameOf(evidenceNames[:], int(e), "evidence") }

// Outcome is how a journey ended.
type Outcome struct {
	Kind    OutcomeKind
	Node    string   // where
	Hook    string   // OutcomeDropped: at which hook
	Reason  string   // "rule", "policy", …; empty when there is nothing to add
	Rule    uint64   // OutcomeDropped: the rule's handle
	Text    string   // OutcomeDropped: the rule, or the policy with its chain, or what could not be routed
	ToldBy  int      // number of the ICMP error that was sent because of it; 0: none
	Hooks   []string // netfilter's hooks that it came to after the last hop
	Steps   []Step   // the rules it met there
	Changes []Change // and what changed there
}

// The reasons that are not a rule's or a policy's text.
const (
	ReasonRule         = "rule"
	ReasonPolicy       = "policy"
	ReasonNoForwarding = "not forwarding" // net.ipv4.ip_forward is 0, or only the forwarding of the interface in Outcome.Text
	ReasonNoRoute      = "no route"
	ReasonTooBig       = "too big" // for the MTU of the way out, and not to be fragmented
	ReasonMartian      = "martian" // for 127.0.0.0/8, from outside
	ReasonCaptureEnded = "capture ended"
	ReasonOthersWentOn = "others went on" // packets of its kind, to where Outcome.Text says
)

// OutcomeKind is the kind of end a journey had.
type OutcomeKind uint8

// The ways a journey ends. Unseen means that the packet was not seen where it
// should have been next, and nothing was seen that explains it. Left means that it
// went on to where nothing was captured.
const (
	OutcomeDelivered OutcomeKind = iota + 1
	OutcomeDropped
	OutcomeUnseen
	OutcomeLeft
)

var outcomeNames = [...]string{
	OutcomeDelivered: "delivered",
	OutcomeDropped:   "dropped",
	OutcomeUnseen:    "unseen",
	OutcomeLeft:      "left",
}

// String returns the outcome's name in trace.json.
func (k OutcomeKind) String() string { return nameOf(outcomeNames[:], int(k), "outcome") }

// Lost reports whether the packet did not get where it should have.
func (o *Outcome) Lost() bool { return o.Kind == OutcomeDropped || o.Kind == OutcomeUnseen }

// FlowDirection is a packet's direction within its flow.
type FlowDirection uint8

// The directions. The first packet of a flow is in the original direction.
const (
	Original FlowDirection = iota + 1
	Reply
)

var flowDirectionNames = [...]string{Original: "original", Reply: "reply"}

func (d FlowDirection) opposite() FlowDirection { return Original + Reply - d }

// String returns "original" or "reply".
func (d FlowDirection) String() string { return nameOf(flowDirectionNames[:], int(d), "direction") }

// nameOf looks a name up in a table that starts at 1.
func nameOf(names []string, i int, kind string) string {
	if i > 0 && i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%s(%d)", kind, i)
}
