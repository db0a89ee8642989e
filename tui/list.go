package tui

import (
	"slices"

	"tracer/trace"
	"tracer/trace/filter"
)

// list holds the packets to walk through, in order. It knows the whole trace; what may be
// drawn is in the scene.
type list struct {
	trace *trace.Trace
	knowledge
	filter filter.Filter
	kept   bool  // whether background packets are listed, too
	shown  []int // indexes of journeys
	count  []int // for each in shown: its number among background packets or the others; from 1
	runs   []run // for each in shown: the run of alike packets that it is in; a filtered list has none

	traffic, background int          // how many are listed
	opened              map[int]bool // runs that are shown packet by packet, by the number of the first
}

// knowledge is what the walk knows about a whole trace.
type knowledge struct {
	firsts   trace.Firsts
	repeats  map[int]int           // by number: the packet that a packet retransmits
	alike    []bool                // see trace.Trace.Alike
	focus    map[int][]trace.Focus // by number: the places that the lesson is about
	refusals map[int]bool          // by number: the answers to packets for which no socket listened
}

func know(t *trace.Trace) knowledge {
	repeats := t.Retransmissions()
	k := knowledge{t.Firsts(), repeats, t.Alike(repeats), map[int][]trace.Focus{}, map[int]bool{}}
	if t.Lesson != nil {
		for _, f := range t.Lesson.Focus {
			k.focus[f.Journey] = append(k.focus[f.Journey], f)
		}
	}
	for i := range t.Journeys {
		if o := &t.Journeys[i].Outcome; o.Reason == trace.ReasonNoListener && o.ReportedBy != 0 {
			k.refusals[o.ReportedBy] = true
		}
	}
	return k
}

// run is a range of packets in the list. A packet that is not alike is a run of its own.
type run struct{ from, to int }

func newList(t *trace.Trace, k knowledge, f filter.Filter, kept bool, opened map[int]bool) list {
	l := list{trace: t, knowledge: k, filter: f, kept: kept, opened: opened}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if j.Background() && !kept || !f.Match(j) {
			continue
		}
		l.shown = append(l.shown, i)
		n := &l.traffic
		if j.Background() {
			n = &l.background
		}
		*n++
		l.count = append(l.count, *n)
	}
	l.runs = make([]run, len(l.shown))
	for i := 0; i < len(l.shown); {
		r := run{i, i}
		for f.Empty() && l.alike[l.shown[i]] && r.to+1 < len(l.shown) && l.alike[l.shown[r.to+1]] && l.at(r.to+1).Flow == l.at(i).Flow {
			r.to++
		}
		for ; i <= r.to; i++ {
			l.runs[i] = r
		}
	}
	return l
}

// folded returns the folded run that a packet is in, or else the packet alone.
func (l *list) folded(packet int) (from, to int) {
	if r := l.runs[packet]; !l.opened[l.at(r.from).ID] {
		return r.from, r.to
	}
	return packet, packet
}

func (l *list) len() int { return len(l.shown) }

// at returns the packet at an index, or nil.
func (l *list) at(i int) *trace.Journey {
	if i < 0 || i >= len(l.shown) {
		return nil
	}
	return &l.trace.Journeys[l.shown[i]]
}

// find returns the index of a packet or, if it is not listed, of the next one that is. It
// returns -1 if the list is empty.
func (l *list) find(id int) int {
	all := l.trace.Journeys
	i := slices.IndexFunc(all, func(j trace.Journey) bool { return j.ID == id })
	at, _ := slices.BinarySearch(l.shown, i)
	return min(at, len(l.shown)-1)
}

// exactly returns the index of the packet with the given number, or -1.
func (l *list) exactly(id int) int {
	if i := l.find(id); i >= 0 && l.at(i).ID == id {
		return i
	}
	return -1
}
