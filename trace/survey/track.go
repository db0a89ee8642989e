package survey

import (
	"time"

	"tracer/trace"
)

// Track is one packet with the points where it was seen, as a [Tally] counts it.
type Track interface {
	ID() int
	Direction() trace.FlowDirection
	Conversation() *Conversation
	Quotes() bool    // it is an ICMP error about another packet of its conversation
	Repeated() bool  // it is a retransmission
	Ambiguous() bool // a sighting may belong to another packet

	Alike() bool            // an equal packet was in transit at the same time
	Carried(point int) bool // other packets carried its bytes past a point where it was not seen

	Len() int                          // number of sightings
	Path() int                         // the number of sightings on the packet's path; those after them are of copies
	At(i int) (point int, t time.Time) // of a sighting
	Packet(i int) *trace.Headers       // as it was at a sighting
}

// Conversation is what a [Tally] needs to know about a conversation, and what it
// remembers about it.
type Conversation struct {
	Protocol string
	// Began reports whether it is known which end opened the conversation, and thus the
	// kind of NAT.
	Began bool

	counted  bool
	mappings int         // number of translations counted
	ways     [2]way      // by direction
	arrivals [2]arrivals // by direction
}

// maxExamples is the number of examples of a finding.
const maxExamples = 3

// add adds a packet to a finding.
func add(f *trace.Finding, t Track) {
	f.Packets++
	if len(f.Examples) >= maxExamples {
		return
	}
	f.Examples = append(f.Examples, example(t))
}

func example(t Track) trace.Example {
	p := t.Packet(0)
	_, at := t.At(0)
	return trace.Example{Journey: t.ID(), Time: at, Summary: p.Summary(), Source: p.Source(), Destination: p.Destination()}
}
