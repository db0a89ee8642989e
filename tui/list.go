package tui

import (
	"slices"

	"tracer/trace"
	"tracer/trace/filter"
	"tracer/trace/outline"
)

// list holds the packets to walk through, in order. It knows the whole trace; what may be
// drawn is in the scene.
type list struct {
	*outline.List // a filtered list has no runs
	filter        filter.Filter
	kept          bool  // whether background packets are listed, too
	count         []int // for each packet: its number among background packets or the others; from 1

	traffic, background int          // how many are listed
	opened              map[int]bool // runs that are shown packet by packet, by the number of the first
}

func newList(known *outline.Facts, f filter.Filter, kept bool, opened map[int]bool) list {
	l := list{filter: f, kept: kept, opened: opened}
	var packets []int
	for i := range known.Trace.Journeys {
		j := &known.Trace.Journeys[i]
		if j.Background() && !kept || !f.Match(j) {
			continue
		}
		packets = append(packets, i)
		n := &l.traffic
		if j.Background() {
			n = &l.background
		}
		*n++
		l.count = append(l.count, *n)
	}
	l.List = known.List(packets, !f.Empty())
	return l
}

// folded returns the folded run that a packet is in, or else the packet alone.
func (l *list) folded(packet int) (from, to int) {
	if s := l.Spans[packet]; !l.opened[l.At(s.From).ID] {
		return s.From, s.To
	}
	return packet, packet
}

func (l *list) len() int { return len(l.Packets) }

// find returns the index of a packet or, if it is not listed, of the next one that is. It
// returns -1 if the list is empty.
func (l *list) find(id int) int {
	all := l.Trace.Journeys
	i := slices.IndexFunc(all, func(j trace.Journey) bool { return j.ID == id })
	at, _ := slices.BinarySearch(l.Packets, i)
	return min(at, len(l.Packets)-1)
}

// exactly returns the index of the packet with the given number, or -1.
func (l *list) exactly(id int) int {
	if i := l.find(id); i >= 0 && l.At(i).ID == id {
		return i
	}
	return -1
}
