package compare

import "tracer/trace"

// Traces compares two traces.
func Traces(a, b *trace.Trace) *Comparison {
	w := newWays(a, b)
	c := &Comparison{Traces: [2]*trace.Trace{a, b}, Requests: requests(a, b), ways: w}
	intern := map[string]string{}
	var list []Packet
	for _, talk := range joined(w.conversations(A, c.Requests), w.conversations(B, c.Requests)) {
		lanes := w.lanes(talk, intern)
		for _, l := range lanes {
			list = append(list, l.packets(carries(lanes, l.direction))...)
		}
	}
	c.Packets = w.merged(list)
	c.differ()
	c.Settings = w.settings()
	return c
}

// Equal reports whether there is no difference. That engines configure their networks in other
// ways is none.
func (c *Comparison) Equal() bool {
	return len(c.Differences) == 0 && (len(c.Settings) == 0 || c.OtherEngine())
}

// First returns the first difference between the ways of a packet, or nil: the first packet that
// fared or was sent differently, or that only one side has.
func (c *Comparison) First() *Difference {
	for i := range c.Differences {
		if c.Differences[i].Packet >= 0 {
			return &c.Differences[i]
		}
	}
	return nil
}

// differ collects the differences.
func (c *Comparison) differ() {
	for r := range c.Requests {
		if !c.Requests[r].Same && !c.single(r) {
			c.Differences = append(c.Differences, Difference{Kind: KindRequest, Requests: r, Packet: -1})
		}
	}
	lacking := c.lacking()
	for i := range c.Packets {
		p := &c.Packets[i]
		r := p.Requests
		switch {
		case !p.Differs || r >= 0 && c.single(r):
		case p.Has(A) && p.Has(B):
			c.parted(i)
		default:
			c.Differences = append(c.Differences, Difference{Kind: KindPacket, Requests: r, Packet: i, Uncertain: lacking || c.unplaced(p)})
		}
	}
	for r := range c.Requests {
		q := &c.Requests[r]
		switch {
		case q.Same && c.answer(A, r) != c.answer(B, r):
			c.Differences = append(c.Differences, Difference{Kind: KindAnswer, Requests: r, Packet: -1})
		case c.single(r):
			c.Differences = append(c.Differences, Difference{Kind: KindRequest, Requests: r, Packet: -1})
		}
	}
}

// single reports whether only one side has a request.
func (c *Comparison) single(r int) bool {
	q := &c.Requests[r]
	return len(q.Numbers[A]) == 0 || len(q.Numbers[B]) == 0
}

// unplaced reports whether a packet was on no interface, and its request is not known. The other
// side may have it as a packet of a request.
func (c *Comparison) unplaced(p *Packet) bool {
	for _, s := range Sides {
		if j := c.Journey(p, s); j != nil && (len(j.Hops) > 0 || p.Requests >= 0) {
			return false
		}
	}
	return true
}

// lacking reports whether a packet may be missing only because a trace lacks it.
func (c *Comparison) lacking() bool {
	for _, t := range c.Traces {
		if t.Survey != nil || t.Gaps.Lost+t.Gaps.Unkept > 0 || t.Gaps.Stray+t.Gaps.Undecoded > 0 {
			return true
		}
	}
	return false
}

// incomplete reports whether a step may be missing only because a trace lacks it.
func (c *Comparison) incomplete() bool {
	for _, t := range c.Traces {
		if t.Survey != nil || t.Gaps.Steps+t.Gaps.Untraced+t.Gaps.Events > 0 {
			return true
		}
	}
	return false
}

// answer returns the answer to a request.
func (c *Comparison) answer(s Side, r int) string {
	return c.Traces[s].Answers[c.Requests[r].Numbers[s][0]-1].Text
}
