package trace

import (
	"slices"
	"time"
)

// Journey is one packet's path through the network: every place where it was seen, in
// order, what changed in between, and what changed it.
type Journey struct {
	ID        int           // from 1, in order of first sighting; see Background
	Flow      int           // the number of its [Flow]
	Request   int           // the number of the request it belongs to, from 1; 0: none, or unknown. See AssignRequests
	Direction FlowDirection // of the packet within its flow
	Summary   string        // "TCP SYN-ACK"
	Hops      []Hop
	Outcome   Outcome
	Traced    time.Time // if there are no hops: when its rule trace was read
}

// Time returns when the packet was first seen.
func (j *Journey) Time() time.Time {
	if len(j.Hops) > 0 {
		return j.Hops[0].Time
	}
	return j.Traced
}

// Sender returns the node that sent the packet.
func (j *Journey) Sender() string {
	if len(j.Hops) > 0 {
		return j.Hops[0].Node
	}
	return j.Outcome.Node
}

// Background reports whether the packet is one that nodes send on their own. Such packets
// come at unpredictable times. Their numbers count down from -1, so they do not shift the
// others.
func (j *Journey) Background() bool { return j.ID < 0 }

// Path returns the hops without those of copies, which come last.
func (j *Journey) Path() []Hop {
	if n := slices.IndexFunc(j.Hops, func(h Hop) bool { return h.Copy }); n >= 0 {
		return j.Hops[:n]
	}
	return j.Hops
}

// Hop is one sighting of the packet on an interface, and what happened to it since the
// previous hop.
type Hop struct {
	Node      string
	Interface string
	Direction Direction
	Time      time.Time
	Frame     int     // number of the captured frame, from 1
	Fragments []int   // numbers of the other frames, if the packet came in fragments; Packet is the whole
	Packet    Headers `escape:"-"` // addresses come from a frame, so they have no zones

	Hooks     []Hook       // netfilter hooks where it was seen since the previous hop
	Steps     []Step       // the rules it met since the previous hop, in order
	Changes   []Change     // what differs from the previous hop
	Conntrack *Association // what connection tracking recorded about it there, or nil
	Evidence  Evidence     // basis for what happened since the previous hop
	Identity  Identity     // the evidence that this is the packet of the previous hop; 0 in the first
	Copy      bool         // the sighting is not on the packet's path: a promiscuous bridge took a copy, and its host may have forwarded it

	// Unordered means that nothing shows whether this hop or the previous one came first:
	// captures gave both the same time.
	Unordered bool

	// Ambiguous lists other journeys that this sighting could equally belong to: their
	// packets are equal in everything that was compared, and were under way at the same time.
	Ambiguous []int
	// Doubtful means the same for the steps: they may belong to an equal packet that
	// passed the node at the same time.
	Doubtful bool
}

// Frames returns the numbers of the hop's frames: one, unless the packet came in fragments.
func (h *Hop) Frames() []int { return append([]int{h.Frame}, h.Fragments...) }

// Place returns where the hop is: "host/docker0".
func (h *Hop) Place() string { return Place(h.Node, h.Interface) }

// Evidence is the basis for a statement about what happened inside a node.
type Evidence uint8

// The kinds of evidence, weakest first. A hop over a cable or through a bridge needs only
// frames.
const (
	EvidenceFrames    Evidence = iota + 1 // only the frames before and after
	EvidenceConntrack                     // the connection's entry
	EvidenceTrace                         // this packet's own rule steps, and its headers at hooks
)

var evidenceNames = [...]string{
	EvidenceFrames:    "frames",
	EvidenceConntrack: "conntrack",
	EvidenceTrace:     "trace",
}

// String returns the evidence's name.
func (e Evidence) String() string { return nameOf(evidenceNames[:], e, "evidence") }

// MarshalText returns the name.
func (e Evidence) MarshalText() ([]byte, error) { return marshalName(evidenceNames[:], e) }

// UnmarshalText accepts a name.
func (e *Evidence) UnmarshalText(text []byte) error { return unmarshalName(evidenceNames[:], e, text) }

// FlowDirection is a packet's direction within its flow.
type FlowDirection uint8

// The directions. The first packet of a flow is in the original direction.
const (
	Original FlowDirection = iota + 1
	Reply
)

var flowDirectionNames = [...]string{Original: "original", Reply: "reply"}

// Opposite returns the other direction.
func (d FlowDirection) Opposite() FlowDirection { return Original + Reply - d }

// String returns "original" or "reply".
func (d FlowDirection) String() string { return nameOf(flowDirectionNames[:], d, "direction") }

// MarshalText returns the name.
func (d FlowDirection) MarshalText() ([]byte, error) { return marshalName(flowDirectionNames[:], d) }

// UnmarshalText accepts a name.
func (d *FlowDirection) UnmarshalText(text []byte) error {
	return unmarshalName(flowDirectionNames[:], d, text)
}
