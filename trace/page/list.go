package page

import (
	"strconv"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/outline"
)

// entry is a row of the packet list: a packet, a run, or a text about a request.
type entry struct {
	Kind   string // the class, of a text: "request", "nothing", "answer"
	Text   string // of a run, or about a request
	Run    string // the names of a run's first and last packet
	Listed string // if only in one list: "with" or "without" packets in the background

	At, Last, Fate        int    // moments: the first, the last, and the one at which its fate is known, if later
	Turns                 string // the moments of its turning points
	About                 string // of a packet in a run: those that the lesson is about
	Name, Number, Summary string
	Reply                 bool
	Repeats               string // a note that it is a retransmission
	Ends                  string
	Mark, MarkTone        string
	Chunk                 string // the one that has the packet; empty: it is in the document
}

// The signs of a packet's fate.
const (
	signLost     = "?"
	signDropped  = "✗"
	signRewrites = "✎"
)

// lists are the list without packets in the background, and the list of all packets.
func lists(f *outline.Facts) (without, all *outline.List) {
	var some, every []int
	for i := range f.Trace.Journeys {
		every = append(every, i)
		if !f.Trace.Journeys[i].Background() {
			some = append(some, i)
		}
	}
	return f.List(some, false), f.List(every, false)
}

// list builds the packet list: that of all packets, and what differs without those in the
// background. A run precedes its packets.
func (b *builder) list() (entries []entry) {
	without, all := b.before(b.plain), b.before(b.all)
	folded := map[int]bool{} // packets of runs, in either list
	for _, l := range []*outline.List{b.plain, b.all} {
		for i, s := range l.Spans {
			if s.From < s.To {
				folded[l.Packets[i]] = true
			}
		}
	}
	for i := range len(b.trace.Journeys) + 1 {
		entries = append(entries, merged(without[i], all[i])...)
		if i < len(b.trace.Journeys) {
			entries = append(entries, b.entry(i, folded[i]))
		}
	}
	return entries
}

// merged returns the texts that precede a packet in one list or both.
func merged(without, all []entry) (entries []entry) {
	for _, e := range without {
		if n := len(all); n > 0 && all[0] == e {
			all = all[1:]
		} else {
			e.Listed = "without"
		}
		entries = append(entries, e)
	}
	for _, e := range all {
		e.Listed = "with"
		entries = append(entries, e)
	}
	return entries
}

// before returns the texts of a list that precede each packet of the trace, and the end.
func (b *builder) before(l *outline.List) [][]entry {
	out := make([][]entry, len(b.trace.Journeys)+1)
	rows, next := l.Rows(nil), len(b.trace.Journeys)
	for i := len(rows) - 1; i >= 0; i-- {
		r := &rows[i]
		if r.Listed() {
			next = l.Packets[r.From]
		}
		if r.Kind != outline.Packet {
			out[next] = append([]entry{b.text(l, r)}, out[next]...)
		}
	}
	return out
}

// text builds an entry about a run or a request.
func (b *builder) text(l *outline.List, r *outline.Row) entry {
	at := b.order.end
	if r.Since < len(b.trace.Journeys) {
		at = b.order.begin(r.Since)
	}
	switch r.Kind {
	case outline.Run:
		from, to := l.At(r.From), l.At(r.To)
		text := b.Number(from.ID) + "–" + b.Number(to.ID) + " " + b.Format(explain.LabelRun, r.To-r.From+1)
		return entry{At: b.order.last(l.Packets[r.To]), Run: name(from) + " " + name(to), Text: text}
	case outline.Request:
		if r.Again {
			return entry{Kind: "request", At: at, Text: b.Format(explain.LabelContinued, r.Request)}
		}
		return entry{Kind: "request", At: at, Text: b.Request(r.Request, b.whole.Answers[r.Request-1])}
	case outline.Answer:
		return entry{Kind: "answer", At: at, Text: b.Answered(b.whole.Answers[r.Request-1])}
	}
	return entry{Kind: "nothing", At: at, Text: b.Format(explain.LabelNoPacket)}
}

// entry builds the entry of a packet.
func (b *builder) entry(i int, folded bool) entry {
	j := &b.trace.Journeys[i]
	e := entry{
		At: b.order.begin(i), Last: b.order.last(i), Turns: b.turns(i, false), Chunk: b.chunkOf[i],
		Fate: b.referred(i), Name: name(j), Number: b.Number(j.ID), Summary: j.Summary, Reply: j.Direction == trace.Reply, Ends: b.Ends(j),
	}
	if folded {
		e.About = b.turns(i, true)
	}
	if of := b.facts.Repeats[j.ID]; of != 0 {
		e.Repeats = b.Format(explain.LabelRetransmits, of)
	}
	e.fate(j)
	return e
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

// turns returns the moments of a packet's turning points.
func (b *builder) turns(i int, folded bool) string {
	var list []int
	for _, p := range b.facts.Turns(&b.trace.Journeys[i], folded) {
		list = append(list, b.order.at(i, p))
	}
	return numbers(list)
}

// numbers formats numbers for an attribute.
func numbers(list []int) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.Itoa(n)
	}
	return strings.Join(out, " ")
}
