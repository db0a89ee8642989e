package join

import "slices"

// MarkAmbiguous compares a finished track with the open ones of the same key. If one packet
// was seen at a point that the other can have reached without being seen, the sighting may
// belong to either: frames were lost, or a packet was. dropped is whether the finished
// track's packet is known to have been dropped, so that none of its sightings is missing.
func (j *Joiner[C]) MarkAmbiguous(t *Track[C], dropped bool) {
	for o := j.open[t.Key]; o != nil; o = o.next {
		if o == t {
			continue
		}
		j.work.Compared += len(t.Sightings)
		if j.topology.Distinct(t, o) {
			t.exclude(o)
			o.exclude(t)
			continue
		}
		if twins(t, o) {
			j.markAll(t, o)
			j.markAll(o, t)
		}
		j.markPossible(t, o)
		if !dropped {
			j.markPossible(o, t)
		}
	}
}

// twins reports whether two tracks are of packets that are equal in everything that is compared and were
// under way at the same time, or nearly so with sightings missing. Then any sighting may
// belong to either.
func twins[C any](t, o *Track[C]) bool {
	if !t.Concurrent(o) {
		return false
	}
	a, b := &t.Sightings[0].Packet, &o.Sightings[0].Packet
	shared := a.Ends() == b.Ends() && (a.TTL != b.TTL || a.SrcMAC == b.SrcMAC)
	for i := range t.Sightings {
		s := o.At(t.Sightings[i].Point)
		if s == nil {
			continue
		}
		if p := &t.Sightings[i].Packet; s.Packet.Ends() != p.Ends() || s.Packet.SrcMAC != p.SrcMAC {
			return false
		}
		shared = true
	}
	return shared && !succeeds(t, o) && !succeeds(o, t)
}

// succeeds reports whether a track began where the other did, after the other was last
// seen, and was seen only at points where the other was, too. Then each sighting belongs
// to its own track: the earlier packet has one at each of these points, and the later one
// had not been sent yet.
func succeeds[C any](later, earlier *Track[C]) bool {
	first := &later.Sightings[0]
	if first.Point != earlier.Sightings[0].Point || !first.Time.After(earlier.Last) {
		return false
	}
	return !slices.ContainsFunc(later.Sightings, func(s Sighting) bool { return earlier.At(s.Point) == nil })
}

// markAll records that any sighting of a track may be another's.
func (j *Joiner[C]) markAll(of, other *Track[C]) {
	j.work.Compared += len(of.Sightings)
	for i := range of.Sightings {
		if s := &of.Sightings[i]; !slices.Contains(s.Rivals, other.ID) {
			j.rival(s, other.ID)
		}
	}
	of.Doubtful = true
}

// markPossible records which sightings of a track may be another's.
func (j *Joiner[C]) markPossible(of, other *Track[C]) {
	j.work.Compared += len(of.Sightings)
	for i := range of.Sightings {
		s := &of.Sightings[i]
		if other.At(s.Point) == nil && !slices.Contains(s.Rivals, other.ID) && j.possible(other, s) {
			j.rival(s, other.ID)
		}
	}
}

// possible reports whether a track's packet can have been at a sighting, past points
// where it was not seen. A packet that was seen very often is assumed to have been.
func (j *Joiner[C]) possible(t *Track[C], s *Sighting) bool {
	if Since(t.Last, s.Time) > j.window {
		return false
	}
	if j.limits != nil && len(t.Sightings) > j.limits.Behind {
		return true
	}
	j.work.Compared += len(t.Sightings)
	for i := range t.Sightings {
		o := &t.Sightings[i]
		if !s.Time.Before(o.Time) && j.topology.Reaches(o, s) || !o.Time.Before(s.Time) && j.topology.Reaches(s, o) {
			return true
		}
	}
	return false
}

// exclude removes another track from the rivals of a track's sightings.
func (t *Track[C]) exclude(o *Track[C]) {
	for i := range t.Sightings {
		s := &t.Sightings[i]
		s.Rivals = slices.DeleteFunc(s.Rivals, func(id int) bool { return id == o.ID })
	}
}
