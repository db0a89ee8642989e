package reveal

import "tracer/trace"

// Past tells what is known of each packet of a trace when it ends. Unlike [Upto], it projects
// single packets, so that a view can do so for all packets of a long trace.
type Past struct {
	whole *trace.Trace
	index map[int]int
}

// NewPast returns the past of a trace.
func NewPast(t *trace.Trace) *Past { return &Past{t, indexes(t)} }

// Packet returns a packet, by its index, without what refers to later packets.
func (p *Past) Packet(i int) trace.Journey {
	m := mask{whole: p.whole, journeys: p.whole.Journeys[:i+1], index: p.index}
	j := p.whole.Journeys[i]
	m.forget(&j)
	return j
}

// indexes maps the numbers of packets to their indexes.
func indexes(t *trace.Trace) map[int]int {
	out := make(map[int]int, len(t.Journeys))
	for i := range t.Journeys {
		out[t.Journeys[i].ID] = i
	}
	return out
}
