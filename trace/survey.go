package trace

import (
	"net/netip"
	"time"
)

// Survey summarizes captures taken outside of tracer: what an engineer wants to know
// about a million packets before looking at one.
type Survey struct {
	Packets       int // journeys, however often each was captured
	Conversations int // of IP, between two ends
	First, Last   time.Time
	Points        []PointSurvey
	Mappings      []Mapping
	Strides       []StrideSurvey
	Paths         []PathSurvey // by the number of packets that took them
	Losses        []Loss

	Retransmissions Finding
	Resets          Finding
	Ambiguous       Finding
	Unsorted        int     // conversations, mappings or paths beyond the limits
	Cut             int     // packets given up early because too many were under way
	Limits          []Limit // other limits reached
}

// PointSurvey summarizes what was captured at one point.
type PointSurvey struct {
	Point
	File      string        `json:"file"`
	Packets   int           `json:"packets"`
	Undecoded int           `json:"undecoded,omitempty"`       // captured packets left out because they could not be decoded
	Link      LinkType      `json:"undecoded_link,omitempty"`  // their link type, if tracer cannot read it
	Snapped   int           `json:"snapped,omitempty"`         // packets that were not captured whole
	Disorder  bool          `json:"out_of_order,omitempty"`    // the file's packets are not in order of time
	Clock     time.Duration `json:"clock_offset,omitempty"`    // added to the file's times
	Tolerance time.Duration `json:"clock_tolerance,omitempty"` // by how much the offset may be wrong
	Compared  int           `json:"clock_packets"`             // packets used to compare the clock
	SetBack   time.Duration `json:"clock_set_back,omitempty"`  // by how much the clock was set back during the capture; times continue as if it had not been
}

// Mapping is an address translation, deduced from the packets of connections.
type Mapping struct {
	Kind        Translation    `json:"kind"` // DNAT or SNAT; 0 if it is unknown which end opened the connections
	Protocol    string         `json:"protocol"`
	From        netip.AddrPort `json:"from"` // the port is 0 for "snat"
	To          netip.AddrPort `json:"to"`
	After       int            `json:"after"` // the points between which it happens
	Before      int            `json:"before"`
	Connections int            `json:"connections"`
	OtherPort   int            `json:"other_port,omitempty"` // for "snat": connections whose port changed, too
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

// PathSurvey is a sequence of points, and the number of packets seen there in that order.
type PathSurvey struct {
	Points  []int `json:"points"`
	Packets int   `json:"packets"`
}

// Loss is a group of packets that were missing at a point where other packets of the same
// kind of connection were seen.
type Loss struct {
	After  int  // the last point before, where they were seen
	Never  int  // where they were not seen
	Passed bool // they were seen further on: only the capture missed them
	Quiet  bool // nothing at all was captured there at that time: the capture may have ended
	Finding
}

// Finding counts packets that have something in common, with the first examples.
type Finding struct {
	Packets  int
	Examples []Example
}

// Example is one of many packets.
type Example struct {
	Journey             int
	Time                time.Time
	Summary             string
	Source, Destination string
}
