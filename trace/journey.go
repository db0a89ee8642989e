package trace

import "time"

// Journey is one packet on its way through the network: every place where it was seen, in
// order, what changed in between, and who changed it.
type Journey struct {
	ID        int           // from 1, in order of the first sighting; see Background
	Flow      int           // the number of its [Flow]
	Direction FlowDirection // of the packet within its flow
	Summary   string        // "TCP SYN-ACK"
	Hops      []Hop
	Outcome   Outcome
}

// Background reports whether nodes send such packets by themselves, for no lesson. They
// come at odd moments; their numbers count down from -1, so that they do not shift the
// others'.
func (j *Journey) Background() bool { return j.ID < 0 }

// Hop is one sighting of the packet on an interface, and what happened to it since the
// previous hop.
type Hop struct {
	Node      string
	Interface string
	Direction Direction
	Time      time.Time
	Frame     int     // number of the captured frame, from 1
	Packet    Headers `escape:"-"` // addresses in it are a frame's, and have no zones

	Hooks     []Hook       // netfilter's hooks that it was seen to pass since the previous hop
	Steps     []Step       // the rules it met since the previous hop, in order
	Changes   []Change     // what differs from the previous hop
	Conntrack *Association // what connection tracking said of it there; nil: nothing
	Evidence  Evidence     // how what happened since the previous hop is known

	// Ambiguous lists other journeys that this sighting could belong to just as well:
	// packets equal in every byte, under way at the same time.
	Ambiguous []int
	// Doubtful means the same of the steps: they may be those of an equal packet that
	// passed the node at the same time.
	Doubtful bool
}

// Place returns where the hop is: "host/docker0".
func (h *Hop) Place() string { return Place(h.Node, h.Interface) }

// Evidence is what a statement about the inside of a node rests on.
type Evidence uint8

// The kinds of evidence, from the weakest. A hop that follows over a cable or through a
// bridge needs only frames.
const (
	EvidenceFrames    Evidence = iota + 1 // only the frames before and after
	EvidenceConntrack                     // the connection's entry
	EvidenceTrace                         // rule steps and headers at hooks of this very packet
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
