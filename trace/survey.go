package trace

import (
	"net/netip"
	"time"
)

// Survey is what captures from elsewhere show as a whole: what an engineer wants
// to know of a million packets before looking at one.
type Survey struct {
	Packets       int // journeys, however often each was captured
	Conversations int // of IP, between two
	First, Last   time.Time
	Points        []PointSurvey
	Mappings      []Mapping
	Strides       []StrideSurvey
	Paths         []PathSurvey // by how many packets took them
	Losses        []Loss

	Retransmissions Finding
	Resets          Finding
	Ambiguous       Finding
	Unsorted        int     // conversations, mappings or paths beyond what is kept apart
	Cut             int     // packets given up early, because more were under way than are kept track of
	Limits          []Limit // other limits that were reached
}

// PointSurvey is what was captured at one point.
type PointSurvey struct {
	Point
	File      string        `json:"file"`
	Packets   int           `json:"packets"`
	Undecoded int           `json:"undecoded,omitempty"`       // captured packets that could not be decoded, and are left out
	Link      LinkType      `json:"undecoded_link,omitempty"`  // of these, where tracer cannot read it
	Snapped   int           `json:"snapped,omitempty"`         // packets that were not captured whole
	Disorder  bool          `json:"out_of_order,omitempty"`    // the packets of the file are not in order of time
	Clock     time.Duration `json:"clock_offset,omitempty"`    // was added to the times of its file
	Tolerance time.Duration `json:"clock_tolerance,omitempty"` // by how much that may be wrong
	Compared  int           `json:"clock_packets"`             // packets that the clock was compared by
	SetBack   time.Duration `json:"clock_set_back,omitempty"`  // by how much the clock was set back meanwhile; times go on as if it had not been
}

// Mapping is a translation of addresses, deduced from what became of the packets
// of connections.
type Mapping struct {
	Kind        Translation    `json:"kind"` // DNAT or SNAT; 0 if it is unknown which end opened the connections
	Protocol    string         `json:"protocol"`
	From        netip.AddrPort `json:"from"` // of "snat" the port is 0
	To          netip.AddrPort `json:"to"`
	After       int            `json:"after"` // the points between which it happens
	Before      int            `json:"before"`
	Connections int            `json:"connections"`
	OtherPort   int            `json:"other_port,omitempty"` // of "snat": connections whose port was changed too
}

// StrideSurvey is how long packets took from one point to the next.
type StrideSurvey struct {
	From    int           `json:"from"`
	To      int           `json:"to"`
	Packets int           `json:"packets"`
	P50     time.Duration `json:"p50"`
	P90     time.Duration `json:"p90"`
	P99     time.Duration `json:"p99"`
	Max     time.Duration `json:"max"`
}

// PathSurvey is a row of points, and how many packets were seen there in that
// order.
type PathSurvey struct {
	Points  []int `json:"points"`
	Packets int   `json:"packets"`
}

// Loss is packets that were seen at one point, and not at another where others
// of the same connections' kind were seen.
type Loss struct {
	After  int  // where they were seen last, or before and after
	Never  int  // where they were not seen
	Passed bool // they were seen further on: only the capture lacks them
	Quiet  bool // nothing at all was captured there then: the capture may have ended
	Finding
}

// Finding is something that was found, and the first examples of it.
type Finding struct {
	Packets  int
	Examples []Example
}

// Example is one packet of many.
type Example struct {
	Journey             int
	Time                time.Time
	Summary             string
	Source, Destination string
}
