package compare

import (
	"tracer/trace"
	"tracer/trace/explain"
)

// Side is one of the two traces.
type Side int

// The sides.
const (
	A Side = iota
	B
)

// Sides are both sides, in order.
var Sides = [...]Side{A, B}

// String returns "A" or "B".
func (s Side) String() string { return [...]string{"A", "B"}[s] }

// Other returns the other side.
func (s Side) Other() Side { return A + B - s }

// Comparison is what two traces have in common, and where they differ.
type Comparison struct {
	Traces   [2]*trace.Trace
	Requests []Requests
	Packets  []Packet // in the order in which they were sent
	// Differences begin with requests that differ. Then they are in the order of the packets. Different
	// answers, and requests that only one side has, come last.
	Differences []Difference
	Settings    []Setting

	ways *ways
}

// Requests are the numbers of requests that correspond to each other: one on each side; one
// side's, if the other has none; or several that differ.
type Requests struct {
	Numbers [2][]int
	Same    bool // one on each side, and equal
}

// Packet is a packet of both sides, or of one.
type Packet struct {
	Journeys [2]int // indexes in the traces; -1: that side has none
	Requests int    // an index in Comparison.Requests; -1: none, as for ARP and neighbor discovery
	// Incidental: only timing decides whether there is such a packet.
	Incidental bool
	// Uncertain: the order of the packets does not show whether the two correspond.
	Uncertain bool
	Differs   bool
}

// Has reports whether a side has the packet.
func (p *Packet) Has(s Side) bool { return p.Journeys[s] >= 0 }

// Journey returns the packet of a side, or nil.
func (c *Comparison) Journey(p *Packet, s Side) *trace.Journey {
	if !p.Has(s) {
		return nil
	}
	return &c.Traces[s].Journeys[p.Journeys[s]]
}

// Difference is one thing that differs: where the ways of a packet part until they meet
// again or end, or something that only one side has.
type Difference struct {
	Kind     Kind
	Requests int // an index in Comparison.Requests; -1: none
	Packet   int // an index in Comparison.Packets; -1: none
	Facts    [2]Fact
	// Uncertain: perhaps the two only seem to differ. See the package's documentation.
	Uncertain bool
}

// Kind is the kind of a difference.
type Kind uint8

// The kinds of differences.
const (
	KindRequest Kind = iota + 1 // different requests, or only one side has any
	KindAnswer                  // a different answer to the same request
	KindPacket                  // a packet that only one side has
	KindSent                    // the packet was sent with other headers
	KindHook                    // it reached a hook, or a different one
	KindEntry                   // conntrack made an entry for it
	KindRule                    // it matched a rule, or a different one
	KindChange                  // a field changed, to another value or for another cause
	KindPlace                   // it was seen at a place, or at a different one
	KindEnd                     // it ended elsewhere or in another way
)

var kindNames = [...]string{
	KindRequest: "request", KindAnswer: "answer", KindPacket: "packet", KindSent: "sent", KindHook: "hook", KindEntry: "entry",
	KindRule: "rule", KindChange: "change", KindPlace: "place", KindEnd: "end",
}

// String returns the name.
func (k Kind) String() string { return kindNames[k] }

// Fact is what there is on one side of a difference: the first thing that the other side does
// not have in that place. Without a kind, there is nothing.
type Fact struct {
	Kind   Kind          // KindSent, and those after it
	Place  explain.Place // where it is on the packet's way
	Node   string
	Hook   trace.Hook    // KindHook
	Step   *trace.Step   // KindRule
	Change *trace.Change // KindChange
	// Absence is why the other side's packet did not match the rule. KindRule
	Absence Absence
}

// Absence is why a packet did not match a rule that its counterpart matched.
type Absence struct {
	Kind      AbsenceKind      // 0: not known
	Unmatched *trace.Unmatched // AbsenceUnmatched
}

// AbsenceKind is a reason for not matching a rule.
type AbsenceKind uint8

// The reasons.
const (
	AbsenceMissing   AbsenceKind = iota + 1 // the node does not have the rule
	AbsenceUnmatched                        // the rule was evaluated without a match
	AbsenceUnreached                        // the node has the rule, but the packet did not get to it
)

var absenceNames = [...]string{AbsenceMissing: "missing", AbsenceUnmatched: "unmatched", AbsenceUnreached: "unreached"}

// String returns the name, or "" if the reason is not known.
func (k AbsenceKind) String() string { return absenceNames[k] }

// Row is a moment of a packet's way, on both sides or on one. If only one side has it and it does
// not differ, then it is Within an earlier moment of the other side, or was not recorded there.
type Row struct {
	Places  [2]explain.Place
	Has     [2]bool
	Differs bool
	Within  bool
	Rules   bool // one side has a rule here that the other lacks, or has others
}
