package trace

import "time"

// Trace is a whole run: the network, and every packet seen in it.
type Trace struct {
	Scenario string
	Title    string
	Headline string  // what is sent and what is published, in one line
	Lesson   *Lesson // nil for captures, and in traces of earlier versions
	State    State   // the network at the end of the run
	Flows    []Flow
	Journeys []Journey // in order of their numbers
	Frames   []Frame   // in order of their numbers
	Answers  []Answer  // to the scenario's requests, in order
	Gaps     Gaps
	Survey   *Survey // of captures taken elsewhere; nil for tracer's own runs
}

// Frame is one captured frame and where it was captured.
type Frame struct {
	Number    int // from 1, in the order in which frames were read
	Node      string
	Interface string
	Direction Direction
	Mark      uint32   // the kernel's mark of the packet, as the socket received it; 0: none
	Link      LinkType // of Data; 0 means Ethernet, as everywhere in a lab
	Time      time.Time
	Length    int    // on the wire, in bytes, without the frame check sequence
	Data      []byte // shorter than Length if the frame was not captured whole
}

// LinkType returns the type of the link header at the beginning of the frame.
func (f *Frame) LinkType() LinkType {
	if f.Link == 0 {
		return LinkEthernet
	}
	return f.Link
}

// Gaps counts what is missing from a trace. If all counts are zero, nothing is missing.
type Gaps struct {
	Lost      uint64 `json:"missed"`             // frames that the kernel dropped before they were read
	Ambiguous int    `json:"ambiguous"`          // journeys with a sighting that may belong to another packet
	Steps     uint64 `json:"step_gaps"`          // times that rule trace messages were lost
	Untraced  uint64 `json:"untraced,omitempty"` // packets beyond the rate limit of a node's rule trace
	Events    uint64 `json:"event_gaps"`         // times that connection events were lost
	Stray     int    `json:"stray"`              // frames of interfaces unknown to tracer
	Undecoded int    `json:"undecoded"`          // frames without an Ethernet header
	Unkept    uint64 `json:"unkept,omitempty"`   // frames that arrived after the recording was full
}

// Journey returns the journey with the given number, or nil.
func (t *Trace) Journey(id int) *Journey {
	for i := range t.Journeys {
		if t.Journeys[i].ID == id {
			return &t.Journeys[i]
		}
	}
	return nil
}

// Frame returns the frame with the given number, or nil.
func (t *Trace) Frame(number int) *Frame {
	// Frames are numbered from 1, without gaps.
	if number < 1 || number > len(t.Frames) {
		return nil
	}
	return &t.Frames[number-1]
}
