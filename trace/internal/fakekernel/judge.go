package fakekernel

import (
	"fmt"
	"slices"

	"tracer/trace"
)

// verdict is the result of comparing journeys with the truth.
type verdict struct {
	*Kernel
	journeys []trace.Journey
	whole    bool
	owner    map[int]*Truth              // by the number of the journey
	of       map[*Truth][]*trace.Journey // the other way round
	flows    map[int]*Truth              // by number: the packet that began it
	wrong    []string
}

// Judge compares journeys with the truth and returns what is wrong with them. kept is the
// evidence that was delivered. whole means that this was all of it, and that no two
// identical packets were in transit at once: then everything must be known.
// Otherwise journeys may say less, but nothing false.
func (k *Kernel) Judge(journeys []trace.Journey, kept map[*Evidence]bool, whole bool) []string {
	v := &verdict{Kernel: k, journeys: journeys, whole: whole, owner: map[int]*Truth{}, of: map[*Truth][]*trace.Journey{}, flows: map[int]*Truth{}}
	v.numbers()
	for i := range journeys {
		v.attribute(&journeys[i])
	}
	v.frames(kept)
	for i := range journeys {
		if j := &journeys[i]; v.owner[j.ID] != nil {
			v.journey(j, v.owner[j.ID])
		}
	}
	if whole && len(v.of) != len(k.Truths) {
		v.complain("%d packets, %d of them found", len(k.Truths), len(v.of))
	}
	return v.wrong
}

func (v *verdict) complain(format string, args ...any) {
	v.wrong = append(v.wrong, fmt.Sprintf(format, args...))
}

// numbers checks that journeys are in the order of their numbers: up from 1, and down from
// -1 for background traffic.
func (v *verdict) numbers() {
	traffic, background := 0, 0
	for i := range v.journeys {
		want := &traffic
		step := 1
		if v.journeys[i].Background() {
			want, step = &background, -1
		}
		if *want += step; v.journeys[i].ID != *want {
			v.complain("journey %d has the number %d", *want, v.journeys[i].ID)
		}
	}
}

// attribute finds the packet of a journey by its frames, or if it has none, by the rules
// that it met.
func (v *verdict) attribute(j *trace.Journey) {
	var f *Truth
	for _, h := range j.Hops {
		if len(h.Ambiguous) > 0 {
			continue
		}
		if o := v.byFrame[h.Frame]; f != nil && f != o {
			v.complain("#%d %s: hop at %s/%s is of packet %d, not %d", j.ID, j.Summary, h.Node, h.Interface, o.Number, f.Number)
		}
		f = v.byFrame[h.Frame]
	}
	if f == nil && len(j.Hops) > 0 {
		f = v.byFrame[j.Hops[0].Frame]
	}
	if f == nil {
		i := slices.IndexFunc(v.Truths, func(o *Truth) bool { return v.unframed(j, o) })
		if i < 0 {
			v.complain("#%d %s %+v: no packet was on no interface", j.ID, j.Summary, j.Outcome)
			return
		}
		if !v.whole {
			return // ambiguous
		}
		f = v.Truths[i]
	}
	v.owner[j.ID] = f
	v.of[f] = append(v.of[f], j)
}

// unframed reports whether a journey without frames can belong to a packet.
func (v *verdict) unframed(j *trace.Journey, f *Truth) bool {
	if v.whole && (len(f.Frames) > 1 || v.of[f] != nil) {
		return false
	}
	ends := f.Outcome == j.Outcome.Kind || !v.whole && j.Outcome.Kind == trace.OutcomeUnseen
	return ends && subsequence(j.Outcome.Steps, f.Steps, v.whole)
}

// frames checks that every frame is exactly one hop.
func (v *verdict) frames(kept map[*Evidence]bool) {
	hops := map[int]int{}
	for i := range v.journeys {
		for _, h := range v.journeys[i].Hops {
			hops[h.Frame]++
		}
	}
	for e := range kept {
		if e.Kind == Frame && hops[e.Frame.Number] != 1 {
			v.complain("frame %d of packet %d is in %d hops", e.Frame.Number, e.Of.Number, hops[e.Frame.Number])
		}
	}
}

// journey checks one journey against the truth about its packet.
func (v *verdict) journey(j *trace.Journey, f *Truth) {
	v.flow(j, f)
	steps := v.hops(j, f)
	certain := !slices.ContainsFunc(j.Hops, func(h trace.Hop) bool { return h.Doubtful || len(h.Ambiguous) > 0 })
	if certain {
		steps = append(steps, j.Outcome.Steps...)
		if !subsequence(steps, f.Steps, v.whole) {
			v.complain("#%d %s (packet %d): steps\n%+v\n are not of\n%+v", j.ID, j.Summary, f.Number, steps, f.Steps)
		}
		v.changes(j, f, f.Node, j.Outcome.Changes)
		v.outcome(j, f)
	}
	switch {
	case !v.whole:
	case !certain:
		v.complain("#%d (packet %d) is ambiguous or doubtful", j.ID, f.Number)
	case len(v.of[f]) != 1 || j.Outcome.Kind != f.Outcome || len(j.Hops) != len(f.Frames) || len(steps) != len(f.Steps):
		v.complain("packet %d: %d journeys; %d hops of %d, %d steps of %d, %s not %s",
			f.Number, len(v.of[f]), len(j.Hops), len(f.Frames), len(steps), len(f.Steps), j.Outcome.Kind, f.Outcome)
	}
}

// flow checks that a flow has the packets of only one connection, which may have entries
// in several nodes.
func (v *verdict) flow(j *trace.Journey, f *Truth) {
	if f.Joined == nil || f.Steps == nil || f.quotes() || !f.Joined[0].Of.confirmed {
		return
	}
	first := f.Joined[0].Of.First
	doubtful := func(h trace.Hop) bool { return h.Doubtful || len(h.Ambiguous) > 0 }
	if o, known := v.flows[j.Flow]; known && o != first && !slices.ContainsFunc(j.Hops, doubtful) {
		v.complain("#%d: flow %d is of what packets %d and %d began", j.ID, j.Flow, o.Number, first.Number)
	}
	v.flows[j.Flow] = first
}

// hops checks the unambiguous hops, and returns their steps.
func (v *verdict) hops(j *trace.Journey, f *Truth) (steps []trace.Step) {
	before := -1
	for n := range j.Hops {
		h := &j.Hops[n]
		if len(h.Ambiguous) == 0 {
			at := slices.Index(f.Frames, h.Frame)
			if at < before {
				v.complain("#%d: hop %d at %s/%s is out of order", j.ID, n+1, h.Node, h.Interface)
			}
			before = at
		}
		if len(h.Ambiguous) > 0 || h.Doubtful || n > 0 && len(j.Hops[n-1].Ambiguous) > 0 {
			continue
		}
		steps = append(steps, h.Steps...)
		v.changes(j, f, h.Node, h.Changes)
		if m := f.On(h.Node); m != nil && h.Conntrack != nil && !m.Of.is(h.Conntrack.Entry) {
			v.complain("#%d: entry %d, but it is %d", j.ID, h.Conntrack.Entry, m.Of.ID)
		}
	}
	return steps
}

// outcome checks how a journey ended.
func (v *verdict) outcome(j *trace.Journey, f *Truth) {
	switch o := &j.Outcome; o.Kind {
	case trace.OutcomeDropped:
		reason := trace.ReasonRule
		if f.Rule == 0 {
			reason = trace.ReasonPolicy
		}
		if f.Outcome != trace.OutcomeDropped || o.Node != f.Node || o.Hook != f.Hook || o.Rule.Handle != f.Rule || o.Reason != reason {
			v.complain("#%d (packet %d): %+v, but %s at %s by %d", j.ID, f.Number, o, f.Outcome, f.Hook, f.Rule)
		}
	case trace.OutcomeDelivered:
		toMany := len(j.Hops) > 0 && j.Hops[0].Packet.DstMAC == everyone
		if f.Outcome != trace.OutcomeDelivered || o.Node != f.Node && !toMany {
			v.complain("#%d (packet %d) delivered to %s, but %s at %s", j.ID, f.Number, o.Node, f.Outcome, f.Node)
		}
	}
}

// subsequence reports whether all steps are in a list, in the same order. With all the
// evidence, the unmatched rules must be the same, too.
func subsequence(steps, list []trace.Step, whole bool) bool {
	for _, s := range steps {
		i := slices.IndexFunc(list, func(o trace.Step) bool {
			return o.Hook == s.Hook && o.Table == s.Table && o.Chain == s.Chain && o.Handle == s.Handle && o.Verdict == s.Verdict &&
				o.Terminal == s.Terminal && (!whole || slices.Equal(o.Unmatched, s.Unmatched))
		})
		if i < 0 {
			return false
		}
		list = list[i+1:]
	}
	return true
}
