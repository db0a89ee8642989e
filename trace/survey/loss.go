package survey

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"tracer/trace"
)

// hypothesis is that a packet was missing at a point: lost in front of it, or passed
// without being captured. It is decided when everything has been read.
type hypothesis struct {
	of        *Conversation
	direction trace.FlowDirection
	protocol  protocol
	visited   []int // all points where it, or a copy, was seen
	after     int   // the last point where it was seen
	never     int   // of a packet that passed: where it was not captured
	passed    bool
	first     time.Time
	last      time.Time
	example   trace.Example
}

// Evidence is evidence against a loss. If there is any, no loss is reported.
type Evidence uint8

// The kinds of evidence.
const (
	NoEvidence      Evidence = iota
	EvidenceArrived          // it was acknowledged, answered or quoted; or that is unknowable
	EvidencePending          // it was neither acknowledged nor retransmitted
	EvidenceForked           // other packets of its connection went on to several points
	EvidenceRare             // most or all packets of its connection went no further
	EvidenceSeen             // it was seen where the others went
	EvidenceEnded            // nothing was captured there at that time
	EvidenceLeaky            // the capture there missed passing packets
	EvidenceEarly            // the captures ended before an answer could have come
)

// Captured reports whether packets were captured at a point throughout an interval.
type Captured func(point int, from, to time.Time) bool

// patience is how long an answer may take, after the last sighting of a packet.
const patience = time.Second

// maxHypotheses is the number of hypotheses kept: 300 bytes each.
const maxHypotheses = 1 << 14

// suspect processes a track that may have been lost, or missed.
func (t *Tally) suspect(w Track, c *Conversation, points []int) {
	p := w.Packet(0)
	if w.Alike() || w.Ambiguous() || w.Quotes() || p.ToMany() {
		return
	}
	_, first := w.At(0)
	last := first
	var visited []int
	for i := range w.Len() {
		at, when := w.At(i)
		if visited = append(visited, at); when.After(last) {
			last = when
		}
	}
	h := hypothesis{of: c, direction: w.Direction(), protocol: protocolOf(p), visited: visited, first: first, last: last, example: example(w)}
	for i := 1; i < len(points); i++ {
		never, is := c.ways[h.direction-1].between(points[i-1], points[i])
		if is && !slices.Contains(visited, never) && !w.Carried(never) {
			m := h
			m.passed, m.after, m.never = true, points[i-1], never
			t.suppose(m)
		}
	}
	h.after = points[len(points)-1]
	if h.answer() != proven {
		t.suppose(h)
	}
}

// suppose keeps a hypothesis. If there are too many, it drops the refuted ones.
func (t *Tally) suppose(h hypothesis) {
	if len(t.supposed) >= maxHypotheses {
		t.supposed = slices.DeleteFunc(t.supposed, func(o hypothesis) bool { return !o.passed && o.answer() == proven })
	}
	if len(t.supposed) >= maxHypotheses {
		t.undecided++
		return
	}
	t.supposed = append(t.supposed, h)
}

func (h *hypothesis) answer() answer {
	return h.of.answer(h.direction, h.example.Journey, h.protocol, h.first)
}

// against returns the evidence against a loss, and where the packet was missing.
func (t *Tally) against(h *hypothesis, captured Captured, leaky map[int]bool) (never int, e Evidence) {
	is := h.answer()
	never, different, most := h.of.ways[h.direction-1].from(h.after)
	switch {
	case is == proven:
		return never, EvidenceArrived
	case is == pending:
		return never, EvidencePending
	case !most:
		return never, EvidenceRare
	case different > 1:
		return never, EvidenceForked
	case slices.Contains(h.visited, never):
		return never, EvidenceSeen
	case !captured(never, h.first, h.last):
		return never, EvidenceEnded
	case leaky[never]:
		return never, EvidenceLeaky
	case is == silence && t.survey.Last.Sub(h.last) < patience:
		return never, EvidenceEarly
	}
	return never, NoEvidence
}

// Lost returns where packets that were lost were missing, by their numbers.
func (t *Tally) Lost(captured Captured) map[int]int {
	lost := map[int]int{}
	t.decide(captured, func(h *hypothesis, l trace.Loss) {
		if !l.Passed && !l.Quiet {
			lost[h.example.Journey] = l.Never
		}
	})
	return lost
}

// decide reports all hypotheses without evidence against them, and those that cannot be
// decided because the capture had ended.
func (t *Tally) decide(captured Captured, found func(*hypothesis, trace.Loss)) {
	leaky := map[int]bool{}
	for i := range t.supposed {
		if h := &t.supposed[i]; h.passed && captured(h.never, h.first, h.last) {
			leaky[h.never] = true
		}
	}
	for i := range t.supposed {
		h := &t.supposed[i]
		if h.passed {
			found(h, trace.Loss{After: h.after, Never: h.never, Passed: true, Quiet: !captured(h.never, h.first, h.last)})
			continue
		}
		if never, e := t.against(h, captured, leaky); e == NoEvidence || e == EvidenceEnded {
			found(h, trace.Loss{After: h.after, Never: never, Quiet: e == EvidenceEnded})
		}
	}
}

// losses returns what is missing, the most packets first.
func (t *Tally) losses(captured Captured) (out []trace.Loss) {
	type key struct {
		after, never  int
		passed, quiet bool
	}
	all := map[key]*trace.Loss{}
	t.decide(captured, func(h *hypothesis, l trace.Loss) {
		k := key{l.After, l.Never, l.Passed, l.Quiet}
		if all[k] == nil {
			all[k] = &l
		}
		all[k].Packets++
		all[k].Examples = earliest(append(all[k].Examples, h.example))
	})
	sorted := slices.SortedFunc(maps.Values(all), func(a, b *trace.Loss) int {
		return cmp.Or(cmp.Compare(b.Packets, a.Packets), cmp.Compare(a.After, b.After), cmp.Compare(a.Never, b.Never), cmp.Compare(truth(a.Passed), truth(b.Passed)), cmp.Compare(truth(a.Quiet), truth(b.Quiet)))
	})
	for _, l := range sorted {
		out = append(out, *l)
	}
	return out
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// earliest keeps the first examples.
func earliest(list []trace.Example) []trace.Example {
	slices.SortFunc(list, func(a, b trace.Example) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Journey, b.Journey)) })
	return slices.Clip(list[:min(len(list), maxExamples)])
}
