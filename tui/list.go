package tui

import (
	"slices"

	"tracer/trace"
	"tracer/trace/filter"
)

// list is the packets of a trace that are shown, in order.
type list struct {
	trace  *trace.Trace
	filter filter.Filter
	kept   bool  // background packets are shown as well
	shown  []int // indexes of journeys
	count  []int // of each in shown: which it is of those like it, background or not; from 1
	hidden int   // background packets that are not shown

	traffic, background int // how many are shown
	widest              int // characters of a packet's sign
}

func newList(t *trace.Trace, f filter.Filter, kept bool) list {
	l := list{trace: t, filter: f, kept: kept}
	for i := range t.Journeys {
		switch j := &t.Journeys[i]; {
		case j.Background() && !kept:
			l.hidden++
		case f.Match(j):
			l.shown = append(l.shown, i)
			n := &l.traffic
			if j.Background() {
				n = &l.background
			}
			*n++
			l.count = append(l.count, *n)
			l.widest = max(l.widest, len(sign(j)))
		}
	}
	return l
}

func (l *list) len() int { return len(l.shown) }

// at returns a packet of the list, or nil.
func (l *list) at(i int) *trace.Journey {
	if i < 0 || i >= len(l.shown) {
		return nil
	}
	return &l.trace.Journeys[l.shown[i]]
}

// find returns where in the list a packet is, or the next one that is in it; -1
// if the list is empty.
func (l *list) find(id int) int {
	all := l.trace.Journeys
	i := slices.IndexFunc(all, func(j trace.Journey) bool { return j.ID == id })
	at, _ := slices.BinarySearch(l.shown, i)
	return min(at, len(l.shown)-1)
}

// exactly returns where in the list the packet with a number is, or -1.
func (l *list) exactly(id int) int {
	if i := l.find(id); i >= 0 && l.at(i).ID == id {
		return i
	}
	return -1
}
