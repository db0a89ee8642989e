package trace

import (
	"container/heap"
	"time"

	"tracer/trace/capture"
)

// sighting is one packet at one point of the chart.
type sighting struct {
	point     int
	direction capture.Direction // where the point does not say it
	time      time.Time
	frame     int // number of the frame
	order     int // of arrival, which decides between equal times
	packet    Packet
	rivals    []int // other walks that it could belong to
}

// before orders sightings by the kernel's clock, and by arrival where that
// cannot tell: a frame that goes up from a bridge's port to the bridge keeps
// its first timestamp.
func (s *sighting) before(o *sighting) bool {
	if !s.time.Equal(o.time) {
		return s.time.Before(o.time)
	}
	return s.order < o.order
}

// since returns the difference of two times whose nanoseconds fit into 64 bits. It costs a
// fraction of [time.Time.Sub], and the innermost loops call it.
func since(from, to time.Time) time.Duration { return time.Duration(to.UnixNano() - from.UnixNano()) }

// apart returns the distance between two times.
func apart(a, b time.Time) time.Duration { return since(a, b).Abs() }

// reorder gives sightings back in order of time, although they come from
// several sockets, each of which lags by its own amount. It holds a sighting
// back until one comes that is a window younger.
type reorder struct {
	newest time.Time
	heap   sightingHeap
}

// mostHeld is how many sightings are held back for longer than reorderWindow.
const mostHeld = 1 << 16

// window is how long sightings are held back.
func (r *reorder) window() time.Duration {
	if len(r.heap) > mostHeld {
		return reorderWindow
	}
	return lateness
}

// push adds a sighting and calls f for those whose time has come.
func (r *reorder) push(s sighting, f func(sighting)) {
	heap.Push(&r.heap, s)
	if s.time.After(r.newest) {
		r.newest = s.time
	}
	for len(r.heap) > 0 && r.newest.Sub(r.heap[0].time) > r.window() {
		f(heap.Pop(&r.heap).(sighting))
	}
}

// flush calls f for all that is left.
func (r *reorder) flush(f func(sighting)) {
	for len(r.heap) > 0 {
		f(heap.Pop(&r.heap).(sighting))
	}
}

type sightingHeap []sighting

func (h sightingHeap) Len() int           { return len(h) }
func (h sightingHeap) Less(i, j int) bool { return h[i].before(&h[j]) }
func (h sightingHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *sightingHeap) Push(x any)        { *h = append(*h, x.(sighting)) }
func (h *sightingHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = sighting{}
	*h = old[:len(old)-1]
	return last
}
