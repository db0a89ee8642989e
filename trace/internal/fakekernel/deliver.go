package fakekernel

import (
	"slices"
	"time"

	"tracer/trace"
	"tracer/trace/conntrack"
	"tracer/trace/nftrace"
)

// Reader receives evidence.
type Reader interface {
	Frame(f *trace.Frame, index int) bool
	Trace(node string, m nftrace.Message, idle, read time.Time)
	Conntrack(node string, e conntrack.Event, idle, read time.Time)
}

// Deliver passes evidence to a reader: frames up to lag late and in any order, each node's
// messages and events in order.
func (k *Kernel) Deliver(to Reader, kept map[*Evidence]bool, lag time.Duration) {
	order := k.order(kept)
	k.delay(order, lag)
	slices.SortStableFunc(order, func(a, b *Evidence) int { return a.Read.Compare(b.Read) })
	for _, e := range order {
		e.deliver(to)
	}
}

// order returns the evidence that is kept, in the order in which it happened.
func (k *Kernel) order(kept map[*Evidence]bool) []*Evidence {
	order := slices.Clone(k.Evidence)
	slices.SortStableFunc(order, func(a, b *Evidence) int { return a.Time.Compare(b.Time) })
	k.number(order)
	return slices.DeleteFunc(order, func(e *Evidence) bool { return !kept[e] })
}

func (e *Evidence) deliver(to Reader) {
	switch e.Kind {
	case Frame:
		f := e.Frame
		f.Time = e.Time
		to.Frame(&f, e.Index)
	case Message:
		m := e.Message
		m.ID = e.buffer.id
		to.Trace(e.Node, m, e.Idle, e.Read)
	case Event:
		to.Conntrack(e.Node, e.Event, e.Idle, e.Read)
	}
}

// delay decides when each piece of evidence is read.
func (k *Kernel) delay(order []*Evidence, lag time.Duration) {
	last, idle := map[socket]time.Time{}, map[socket]time.Time{}
	var frame *Evidence // the previous one
	for _, e := range order {
		late := lag
		if e.Kind == Message {
			late = lag / 4
		}
		e.Read = e.Time.Add(time.Duration(k.Random.Int64N(int64(late) + 1)))
		s := socket{e.Node, e.Kind}
		if last[s].Before(e.Time) {
			idle[s] = last[s]
		}
		e.Idle = idle[s]
		switch {
		case e.Kind != Frame && e.Read.Before(last[s]):
			e.Read = last[s]
		case e.Kind == Frame && frame != nil && frame.Time.Equal(e.Time) && frame.Node == e.Node && e.Read.Before(frame.Read):
			e.Read = frame.Read // equal stamps: in the order of the queue
		}
		last[s] = e.Read
		if e.Kind == Frame {
			frame = e
		}
	}
}

// number assigns ids to the buffers from as small a pool as possible. Buffers in use at
// the same time have different ids.
func (k *Kernel) number(order []*Evidence) {
	lastUse := map[*buffer]int{}
	for i, e := range order {
		if e.buffer != nil {
			lastUse[e.buffer] = i
		}
	}
	free := []uint32{1, 2, 3, 4}
	for i, e := range order {
		if e.buffer == nil {
			continue
		}
		if e.buffer.id == 0 {
			if len(free) == 0 {
				free = append(free, uint32(100+i))
			}
			at := k.Random.IntN(len(free))
			e.buffer.id = free[at]
			free = slices.Delete(free, at, at+1)
		}
		if lastUse[e.buffer] == i {
			free = append(free, e.buffer.id)
		}
	}
}
