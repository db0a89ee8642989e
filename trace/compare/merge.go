package compare

import (
	"cmp"
	"time"

	"tracer/trace"
)

// merged puts packets in order: each side's are in the order of its trace, as far as both traces
// agree on it. Swapping the sides does not change the order.
func (w *ways) merged(list []Packet) (out []Packet) {
	var of [2][]*Packet // by index in the trace
	for _, s := range Sides {
		of[s] = make([]*Packet, len(w.traces[s].Journeys))
	}
	for i := range list {
		for _, s := range Sides {
			if p := &list[i]; w.placed(p, s) {
				of[s][p.Journeys[s]] = p
			}
		}
	}
	at, done := [2]int{}, make(map[*Packet]bool, len(list))
	next := func(s Side) *Packet {
		for ; at[s] < len(of[s]); at[s]++ {
			if p := of[s][at[s]]; p != nil && !done[p] {
				return p
			}
		}
		return nil
	}
	for {
		p := w.first(next(A), next(B))
		if p == nil {
			return out
		}
		done[p] = true
		out = append(out, *p)
	}
}

// placed reports whether a side shows when a packet was sent. Packets on no interface have the
// last numbers; the other side may show when they were sent.
func (w *ways) placed(p *Packet, s Side) bool {
	if !p.Has(s) {
		return false
	}
	hops := func(s Side) int { return len(w.traces[s].Journeys[p.Journeys[s]].Hops) }
	return hops(s) > 0 || !p.Has(s.Other()) || hops(s.Other()) == 0
}

// first returns which of two packets comes first: the next on side A, and the next on side B.
func (w *ways) first(a, b *Packet) *Packet {
	switch {
	case a == nil:
		return b
	case b == nil || a == b:
		return a
	}
	single := func(p *Packet) int {
		if p.Has(A) && p.Has(B) {
			return 1
		}
		return 0
	}
	sum := func(p *Packet) int { return w.position(p, A) + w.position(p, B) }
	if cmp.Or(
		cmp.Compare(single(a), single(b)),
		cmp.Compare(sum(a), sum(b)),
		cmp.Compare(a.Requests, b.Requests),
		cmp.Compare(w.summary(a), w.summary(b)),
		cmp.Compare(w.elapsed(a), w.elapsed(b)),
	) <= 0 {
		return a
	}
	return b
}

// position returns the index of a packet on a side, or on the other one.
func (w *ways) position(p *Packet, s Side) int {
	if w.placed(p, s) {
		return p.Journeys[s]
	}
	return p.Journeys[s.Other()]
}

func (w *ways) summary(p *Packet) string {
	_, j := w.shown(p)
	return j.Sender() + " " + j.Summary
}

// elapsed returns the time from the first packet of its trace to this one.
func (w *ways) elapsed(p *Packet) time.Duration {
	s, j := w.shown(p)
	return j.Time().Sub(w.traces[s].Journeys[0].Time())
}

// shown returns a side that has a packet, and its journey there.
func (w *ways) shown(p *Packet) (Side, *trace.Journey) {
	s := A
	if !p.Has(A) {
		s = B
	}
	return s, &w.traces[s].Journeys[p.Journeys[s]]
}
