package join

// memory keeps closed tracks for reuse, and counts the sightings that all tracks have
// room for.
type memory[C any] struct {
	spare []*Track[C]
	used  int // in open and spare tracks
	idle  int // the part of used in spare tracks
}

func (m *memory[C]) take() *Track[C] {
	n := len(m.spare)
	if n == 0 {
		return &Track[C]{}
	}
	t := m.spare[n-1]
	m.spare = m.spare[:n-1]
	m.idle -= cap(t.Sightings)
	return t
}

// Room returns the number of sightings for which all tracks together have memory.
func (j *Joiner[C]) Room() int { return j.memory.used }

// Recycle keeps the memory of a closed track for reuse, unless it is large. Nothing may
// refer to the track any more.
func (j *Joiner[C]) Recycle(t *Track[C]) {
	m := &j.memory
	if cap(t.Sightings) > manySightings || j.limits == nil || len(m.spare) >= j.limits.Spare {
		m.used -= cap(t.Sightings)
		return
	}
	clear(t.Sightings)
	*t = Track[C]{Sightings: t.Sightings[:0]}
	m.idle += cap(t.Sightings)
	m.spare = append(m.spare, t)
}

// Release frees the memory of closed tracks.
func (j *Joiner[C]) Release() {
	m := &j.memory
	clear(m.spare)
	m.spare = m.spare[:0]
	m.used -= m.idle
	m.idle = 0
}
