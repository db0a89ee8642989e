package live

import (
	"slices"
	"sync"
	"time"

	"tracer/trace"
)

// queue is between the readers, which must not wait, and the correlator, which takes its
// time. Its room bounds it: evidence takes up room until it is freed.
type queue struct {
	mu   sync.Mutex
	list []evidence // in the order in which it was read
	room room
	gaps trace.Gaps
}

func newQueue() *queue {
	return &queue{room: room{limit: amount{mostFrames, mostBytes, mostMessages}}}
}

// put adds evidence, or counts it as lost.
func (q *queue) put(e evidence) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.room.take(e.size(), e.read()) {
		*e.lost(&q.gaps)++
		return
	}
	q.list = append(q.list, e)
}

// take returns everything in the queue, which still takes up its room.
func (q *queue) take() []evidence {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.list
	q.list = nil
	return list
}

// takeUntil is like take, but drops the frames that passed later. The captures of the nodes
// do not end at the same time: a packet would be missing in the middle of its path.
func (q *queue) takeUntil(end time.Time) []evidence {
	return slices.DeleteFunc(q.take(), func(e evidence) bool {
		_, is := e.(*frame)
		drop := is && e.read().After(end)
		if drop {
			q.free(e.size())
		}
		return drop
	})
}

// dropUntil drops the evidence of packets up to the given time, but keeps that of connections.
// It reports whether the cut is clean: within a margin before it, there is no evidence of packets,
// so none has some on both sides.
func (q *queue) dropUntil(begin time.Time, margin time.Duration) (clean bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	clean = true
	q.list = slices.DeleteFunc(q.list, func(e evidence) bool {
		if e.lasts() || e.after().After(begin) {
			return false
		}
		clean = clean && e.read().Before(begin.Add(-margin))
		drop := !e.read().After(begin)
		if drop {
			q.room.free(e.size())
		}
		return drop
	})
	return clean
}

// free gives back room.
func (q *queue) free(a amount) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.room.free(a)
}

// missed adds what the readers themselves have lost.
func (q *queue) missed(g trace.Gaps) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.gaps.Lost += g.Lost
	q.gaps.Steps += g.Steps
	q.gaps.Untraced += g.Untraced
	q.gaps.Events += g.Events
}

// end returns the end of a recording that was stopped at the given time: when evidence
// began to be lost, if the queue is full.
func (q *queue) end(stopped time.Time) time.Time {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.room.end(stopped)
}

// mark is a state of a queue to which it can return.
type mark struct {
	room room
	gaps trace.Gaps
}

func (q *queue) mark() mark {
	q.mu.Lock()
	defer q.mu.Unlock()
	return mark{q.room, q.gaps}
}

// reset drops what came after a mark.
func (q *queue) reset(to mark) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list, q.room, q.gaps = nil, to.room, to.gaps
}
