package tui

import (
	"slices"

	"tracer/trace"
	"tracer/trace/filter"
)

// list holds the packets of a trace that are shown, in order.
type list struct {
	trace  *trace.Trace
	filter filter.Filter
	kept   bool  // whether background packets are shown, too
	shown  []int // indexes of journeys
	count  []int // for each in shown: its number among background packets or the others; from 1
	hidden int   // number of hidden background packets

	traffic, background int // how many are shown
	widest              int // the longest sign of a packet, in characters
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
