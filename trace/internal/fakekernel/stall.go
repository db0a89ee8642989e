package fakekernel

import (
	"slices"
	"time"
)

// socket is what a reader reads: one kind of evidence of one node.
type socket struct {
	node string
	kind Kind
}

// StreamReader is a [Reader] that is told up to which time everything has been read.
type StreamReader interface {
	Reader
	Advance(read time.Time)
}

// DeliverStalled passes on evidence as readers do that wait for the processor: each reads
// all that its socket has queued, in order, and then nothing for a random time up to stall.
func (k *Kernel) DeliverStalled(to StreamReader, kept map[*Evidence]bool, stall time.Duration) {
	order := k.order(kept)
	wakes := map[socket][]time.Time{} // when each socket was found empty
	var sockets []socket
	for _, e := range order {
		s := socket{e.Node, e.Kind}
		if wakes[s] == nil {
			sockets = append(sockets, s)
			wakes[s] = []time.Time{order[0].Time.Add(-time.Second)}
		}
	}
	for _, s := range sockets {
		for last := wakes[s][0]; !last.After(k.Now.Add(stall)); wakes[s] = append(wakes[s], last) {
			last = last.Add(time.Duration(1 + k.Random.Int64N(int64(stall))))
		}
	}
	for _, e := range order {
		list := wakes[socket{e.Node, e.Kind}]
		at, _ := slices.BinarySearchFunc(list, e.Time, time.Time.Compare)
		e.Idle, e.Read = list[at-1], list[at]
	}
	slices.SortStableFunc(order, func(a, b *Evidence) int { return a.Read.Compare(b.Read) })
	for _, e := range order {
		to.Advance(allRead(wakes, e.Read))
		e.deliver(to)
	}
}

// allRead returns the time up to which all sockets had been read before a given time.
func allRead(wakes map[socket][]time.Time, before time.Time) (all time.Time) {
	for _, list := range wakes {
		at, _ := slices.BinarySearchFunc(list, before, time.Time.Compare)
		if last := list[max(0, at-1)]; all.IsZero() || last.Before(all) {
			all = last
		}
	}
	return all
}
