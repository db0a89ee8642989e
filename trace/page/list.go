package page

import (
	"strconv"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
)

// entry is an entry of the packet list: a packet, or the request that the next ones belong to.
type entry struct {
	Request string // empty: a packet

	At, Last, Fate        int    // moments: its first and last, and that at which its fate shows, if later
	Turns                 string // the moments of its turning points
	Name, Number, Summary string
	Reply                 bool
	Repeats               string // that it is a retransmission
	Ends                  string
	Mark, MarkTone        string
	Chunk                 string // that has the packet; empty: it is in the document
}

// The signs of a packet's fate.
const (
	signLost     = "?"
	signDropped  = "✗"
	signRewrites = "✎"
)

// list builds the packet list.
func (b *builder) list() (entries []entry) {
	headed, highest, current := len(b.trace.Answers) > 1, 0, 0
	repeats := b.trace.Retransmissions()
	turns := b.turns()
	for i := range b.trace.Journeys {
		j := &b.trace.Journeys[i]
		if q := j.Request; headed && q != 0 && q != current && q <= len(b.trace.Answers) {
			for n := highest + 1; n < q; n++ {
				entries = append(entries, b.heading(n, b.order.begin(i)))
			}
			e := b.heading(q, b.order.begin(i))
			if q <= highest {
				e.Request = b.Format(explain.LabelContinued, q)
			}
			entries = append(entries, e)
			highest, current = max(highest, q), q
		}
		e := entry{
			At: b.order.begin(i), Last: b.order.last(i), Turns: numbers(turns[i]), Chunk: b.chunkOf[i],
			Fate: b.referred(i), Name: name(j), Number: b.Number(j.ID), Summary: j.Summary, Reply: j.Direction == trace.Reply, Ends: b.Ends(j),
		}
		if of := repeats[j.ID]; of != 0 {
			e.Repeats = b.Format(explain.LabelRetransmits, of)
		}
		e.fate(j)
		entries = append(entries, e)
	}
	if headed && highest > 0 {
		for n := highest + 1; n <= len(b.trace.Answers); n++ {
			entries = append(entries, b.heading(n, b.order.end))
		}
	}
	return entries
}

func (b *builder) heading(request, at int) entry {
	return entry{Request: b.Request(request, b.whole.Answers[request-1]), At: at}
}

// fate marks an entry with how its packet fared.
func (e *entry) fate(j *trace.Journey) {
	switch j.Outcome.Kind {
	case trace.OutcomeDropped:
		e.Mark, e.MarkTone = signDropped, "bad"
		return
	case trace.OutcomeUnseen:
		e.Mark, e.MarkTone = signLost, "bad"
		return
	}
	for stop := range len(j.Hops) + 1 {
		changes := j.Outcome.Changes
		if stop < len(j.Hops) {
			changes = j.Hops[stop].Changes
		}
		for i := range changes {
			if changes[i].Field.Translated() {
				e.Mark, e.MarkTone = signRewrites, "changed"
			}
		}
	}
}

// turns returns the turning points of each packet. Of packets that show nothing new, only what
// the lesson is about counts, as in the walk, which folds them.
func (b *builder) turns() [][]int {
	about := map[int][]trace.Focus{}
	if l := b.trace.Lesson; l != nil {
		for _, f := range l.Focus {
			about[f.Journey] = append(about[f.Journey], f)
		}
	}
	alike := map[int]bool{}
	for _, r := range b.runs {
		for _, i := range r {
			alike[i] = len(r) > 1
		}
	}
	refusals := map[int]bool{} // answers to packets for which no socket listened
	for i := range b.trace.Journeys {
		if o := &b.trace.Journeys[i].Outcome; o.Reason == trace.ReasonNoListener {
			refusals[o.ReportedBy] = true
		}
	}
	list := make([][]int, len(b.trace.Journeys))
	for i := range b.trace.Journeys {
		j := &b.trace.Journeys[i]
		places := explain.Places(j, about[j.ID])
		if !alike[i] {
			places = explain.Turns(j, about[j.ID], b.trace.Continues(j, b.firsts) || refusals[j.ID])
		}
		for _, p := range places {
			list[i] = append(list[i], b.order.at(i, p))
		}
	}
	return list
}

// numbers formats numbers for an attribute.
func numbers(list []int) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.Itoa(n)
	}
	return strings.Join(out, " ")
}
