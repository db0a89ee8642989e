package trace

import "slices"

// doubt compares a finished walk with those that have the same key and are not
// finished. Where one of the two was not seen at a point that it can have got
// to, and the other was, that sighting may belong to either: frames were lost,
// or the packet was. It is then marked.
func (j *joiner) doubt(w *walk) {
	for o := j.open[w.key]; o != nil; o = o.next {
		if o == w {
			continue
		}
		j.compared += len(w.sightings)
		if twins(w, o) {
			j.confuse(w, o)
			j.confuse(o, w)
		}
		j.suspect(w, o)
		if !w.dropped() {
			j.suspect(o, w)
		}
	}
}

// twins reports whether two walks are of packets equal in every byte that were
// under way at the same time, or nearly so with sightings missing. Which of them
// was seen where can then not be said of any sighting.
func twins(w, o *walk) bool {
	if !simultaneous(w, o) {
		return false
	}
	a, b := &w.sightings[0].packet, &o.sightings[0].packet
	shared := a.ends() == b.ends() && (a.TTL != b.TTL || a.SrcMAC == b.SrcMAC)
	for i := range w.sightings {
		s := o.sightingAt(w.sightings[i].point)
		if s == nil {
			continue
		}
		if p := &w.sightings[i].packet; s.packet.ends() != p.ends() || s.packet.SrcMAC != p.SrcMAC {
			return false
		}
		shared = true
	}
	return shared && !succeeds(w, o) && !succeeds(o, w)
}

// succeeds reports whether a walk was last seen before the other began at the same
// point, and was seen at each point where the other was. None of the later one's
// sightings can then be the earlier one's, which has its own at each of these
// points; and none of the earlier one's can be the later one's, which was not on
// its way yet.
func succeeds(later, earlier *walk) bool {
	first := &later.sightings[0]
	if first.point != earlier.sightings[0].point || !first.time.After(earlier.last) {
		return false
	}
	return !slices.ContainsFunc(later.sightings, func(s sighting) bool { return earlier.sightingAt(s.point) == nil })
}

// simultaneous reports whether two walks of one key were under way at the same
// time, as far as the order of what was read can tell.
func simultaneous(w, o *walk) bool {
	if len(w.sightings) == 0 || len(o.sightings) == 0 || w.sightings[0].packet.hash != o.sightings[0].packet.hash {
		return false
	}
	return since(o.last, w.sightings[0].time) <= reorderWindow && since(w.last, o.sightings[0].time) <= reorderWindow
}

// confuse notes that any sighting of a walk may be another's, and so any step.
func (j *joiner) confuse(of, other *walk) {
	j.compared += len(of.sightings)
	for i := range of.sightings {
		if s := &of.sightings[i]; !slices.Contains(s.rivals, other.id) {
			j.rival(s, other.id)
		}
	}
	of.doubtful = true
}

// suspect marks the sightings of one walk that may be another's.
func (j *joiner) suspect(of, other *walk) {
	j.compared += len(of.sightings)
	for i := range of.sightings {
		s := &of.sightings[i]
		if other.sightingAt(s.point) == nil && !slices.Contains(s.rivals, other.id) && j.could(other, s) {
			j.rival(s, other.id)
		}
	}
}

// could reports whether a walk's packet may have been a sighting, with points in
// between at which it was not seen. Of a packet that was seen very often this is
// taken for granted.
func (j *joiner) could(w *walk, s *sighting) bool {
	if since(w.last, s.time) > j.window {
		return false
	}
	if j.bounded && len(w.sightings) > maxBehind {
		return true
	}
	j.compared += len(w.sightings)
	for i := range w.sightings {
		o := &w.sightings[i]
		if !s.time.Before(o.time) && j.way.reaches(o, s) || !o.time.Before(s.time) && j.way.reaches(s, o) {
			return true
		}
	}
	return false
}

// dropped reports whether netfilter is known to have dropped the packet.
func (w *walk) dropped() bool {
	return slices.ContainsFunc(w.passes, func(p *pass) bool { return p.end().dropped && !p.rivals })
}
