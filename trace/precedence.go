package trace

// precedence knows in which order packets pass points, where the times of
// captures do not tell: many count in microseconds, and a packet takes less from a
// bridge to its port. It goes by the packets whose times do tell, in each direction
// of conversations.
type precedence struct {
	points int
	passed [2][]int32 // by direction, from and to
}

// mostOrdered is of how many points the order is kept.
const mostOrdered = 256

func (o *precedence) grow(points int) {
	if points > mostOrdered {
		return
	}
	old := *o
	o.points = points
	for d := range o.passed {
		o.passed[d] = make([]int32, points*points)
		for from := range old.points {
			copy(o.passed[d][from*points:], old.passed[d][from*old.points:(from+1)*old.points])
		}
	}
}

// settle puts sightings of equal times in the order that other packets took, and
// learns from those of different times.
func (o *precedence) settle(w *walk) {
	list := w.sightings
	for i := 1; i < len(list); i++ {
		a, b := &list[i-1], &list[i]
		if !tied(a, b) {
			if n := o.count(w, a, b); n != nil && *n < 1<<30 {
				*n++
			}
			continue
		}
		stays, swapped := o.votes(w, a, b), o.votes(w, b, a)
		if i > 1 {
			stays, swapped = stays+o.votes(w, &list[i-2], a), swapped+o.votes(w, &list[i-2], b)
		}
		if i+1 < len(list) {
			stays, swapped = stays+o.votes(w, b, &list[i+1]), swapped+o.votes(w, a, &list[i+1])
		}
		if swapped > stays {
			*a, *b = *b, *a
		}
	}
}

// tied reports whether only their arrival tells the order of two sightings.
func tied(a, b *sighting) bool {
	return a.time.Equal(b.time) && a.packet.TTL == b.packet.TTL && a.point != b.point
}

func (o *precedence) votes(w *walk, from, to *sighting) int32 {
	if n := o.count(w, from, to); n != nil {
		return *n
	}
	return 0
}

func (o *precedence) count(w *walk, from, to *sighting) *int32 {
	if from.point >= o.points || to.point >= o.points {
		return nil
	}
	return &o.passed[w.direction-1][from.point*o.points+to.point]
}
