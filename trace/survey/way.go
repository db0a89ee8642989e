package survey

import "slices"

// way is the path of packets in one direction of a conversation, from point to point. Other
// conversations say nothing about it: a client on the host and one in a container reach the
// same service by different paths.
type way struct {
	steps []step
}

// step is two points that packets passed one right after the other.
type step struct{ from, to, packets int }

// nowhere is where packets went from the last point where they were seen.
const nowhere = -1

// maxSteps is the maximum number of steps remembered: more than a path has points. Further
// ones are not needed, since with so many there is no single path.
const maxSteps = 1 << 6

// travel records the path of a packet.
func (w *way) travel(points []int) {
	for i, from := range points {
		to := nowhere
		if i+1 < len(points) {
			to = points[i+1]
		}
		at := slices.IndexFunc(w.steps, func(s step) bool { return s.from == from && s.to == to })
		switch {
		case at >= 0:
			w.steps[at].packets++
		case len(w.steps) < maxSteps:
			w.steps = append(w.steps, step{from, to, 1})
		}
	}
}

// from returns where packets went from a point, the number of different points, and whether
// most of them went on at all.
func (w *way) from(point int) (to, different int, most bool) {
	on, ended := 0, 0
	for _, s := range w.steps {
		switch {
		case s.from != point:
		case s.to == nowhere:
			ended = s.packets
		default:
			to, different, on = s.to, different+1, on+s.packets
		}
	}
	return to, different, on > ended
}

// between returns a point that other packets passed on their way from one point to
// another, at least twice.
func (w *way) between(from, to int) (at int, is bool) {
	for _, a := range w.steps {
		if a.from != from || a.packets < 2 || a.to == to {
			continue
		}
		if slices.ContainsFunc(w.steps, func(b step) bool { return b.from == a.to && b.to == to && b.packets >= 2 }) {
			return a.to, true
		}
	}
	return 0, false
}
