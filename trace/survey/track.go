package survey

import (
	"net/netip"
	"time"

	"tracer/trace"
)

// Track is one packet with the points where it was seen, as a [Tally] counts it.
type Track interface {
	ID() int
	Direction() trace.FlowDirection
	Conversation() *Conversation
	Service() netip.AddrPort // the destination of its conversation, as first sent
	Quotes() bool            // it is an ICMP error about another packet of its conversation
	Repeated() bool          // it is a retransmission
	Ambiguous() bool         // a sighting may belong to another packet

	Len() int                          // number of sightings
	At(i int) (point int, t time.Time) // of a sighting
	Packet(i int) *trace.Headers       // as it was at a sighting
	Points() int                       // number of all points
	Quiet(point int) bool              // nothing was captured at the point from the first sighting on, or nothing up to the last
}

// Conversation is what a [Tally] needs to know about a conversation, and what it
// remembers about it.
type Conversation struct {
	Protocol string
	// Began reports whether it is known which end opened the conversation, and thus the
	// kind of NAT.
	Began bool

	counted  bool
	class    *class // nil: there were too many
	mappings int    // number of translations counted
}

// maxExamples is the number of examples of a finding.
const maxExamples = 3

// add adds a packet to a finding.
func add(f *trace.Finding, t Track) {
	f.Packets++
	if len(f.Examples) >= maxExamples {
		return
	}
	p := t.Packet(0)
	_, at := t.At(0)
	f.Examples = append(f.Examples, trace.Example{Journey: t.ID(), Time: at, Summary: p.Summary(), Source: p.Source(), Destination: p.Destination()})
}
