package correlate

import (
	"container/heap"
	"time"

	"tracer/trace/join"
	"tracer/trace/packet"
)

// lateness is how late evidence may be: even when everything up to a time has been read, the
// kernel may report something older for this long.
const lateness = 3 * time.Second

// maxHeld is the number of sightings beyond which, to save memory, they are held back only
// for [join.Disorder].
const maxHeld = 1 << 16

// reorder sorts sightings by time. They come from several sockets, each with its own lag,
// so a sighting is held back until all sockets have been read beyond its time.
type reorder struct {
	newest time.Time
	heap   sightings
	equal  map[pointKey]int // how many are held back
}

// pointKey is what equal packets have in common at a point.
type pointKey struct {
	point int
	key   packet.Key
}

// add adds a sighting.
func (r *reorder) add(s join.Sighting) {
	heap.Push(&r.heap, s)
	r.equal[pointKey{s.Point, s.Packet.Key}]++
}

// next removes and returns the earliest sighting.
func (r *reorder) next() join.Sighting {
	s := heap.Pop(&r.heap).(join.Sighting)
	k := pointKey{s.Point, s.Packet.Key}
	if r.equal[k]--; r.equal[k] == 0 {
		delete(r.equal, k)
	}
	return s
}

// advance calls f for the sightings whose time has come. Everything up to now has been read.
func (r *reorder) advance(now time.Time, f func(join.Sighting)) {
	if now.After(r.newest) {
		r.newest = now
	}
	for len(r.heap) > 0 && r.newest.Sub(r.heap[0].Time) > r.window() {
		f(r.next())
	}
}

// window is how long sightings are held back.
func (r *reorder) window() time.Duration {
	if len(r.heap) > maxHeld {
		return join.Disorder
	}
	return lateness
}

// flush calls f for all that is left.
func (r *reorder) flush(f func(join.Sighting)) {
	for len(r.heap) > 0 {
		f(r.next())
	}
}

type sightings []join.Sighting

func (h sightings) Len() int           { return len(h) }
func (h sightings) Less(i, j int) bool { return h[i].Before(&h[j]) }
func (h sightings) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *sightings) Push(x any)        { *h = append(*h, x.(join.Sighting)) }
func (h *sightings) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = join.Sighting{}
	*h = old[:len(old)-1]
	return last
}
