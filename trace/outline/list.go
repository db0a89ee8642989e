package outline

import "tracer/trace"

// List is the packets of a trace that a view lists, in order.
type List struct {
	*Facts
	Packets []int  // indexes in the trace
	Spans   []Span // for each: the packets like it, which may be folded into a run
	chosen  bool   // by a filter
}

// Span is a range of packets in a list. A packet that is not like its neighbours is one of its own.
type Span struct{ From, To int }

// List returns a list of packets. If a filter chose them, none are folded, and requests
// without packets are not listed.
func (f *Facts) List(packets []int, chosen bool) *List {
	l := &List{Facts: f, Packets: packets, Spans: make([]Span, len(packets)), chosen: chosen}
	for i := 0; i < len(packets); {
		s := Span{i, i}
		for !chosen && f.alike[packets[i]] && s.To+1 < len(packets) && f.alike[packets[s.To+1]] && l.At(s.To+1).Flow == l.At(i).Flow {
			s.To++
		}
		for ; i <= s.To; i++ {
			l.Spans[i] = s
		}
	}
	return l
}

// At returns the packet at an index of the list, or nil.
func (l *List) At(i int) *trace.Journey {
	if i < 0 || i >= len(l.Packets) {
		return nil
	}
	return &l.Trace.Journeys[l.Packets[i]]
}
