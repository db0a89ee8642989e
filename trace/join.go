package trace

import (
	"slices"
	"time"
)

// walk is a journey in the making: sightings of one packet, as far as known.
type walk struct {
	id        int
	key       Key
	sightings []sighting
	passes    []*pass
	last      time.Time // of the youngest sighting
	doubtful  bool      // its passes may be an equal packet's
}

// sightingAt returns the sighting at a point, or nil. One packet is seen once at
// each point, so a second sighting there is another packet.
func (w *walk) sightingAt(point int) *sighting {
	for i := range w.sightings {
		if w.sightings[i].point == point {
			return &w.sightings[i]
		}
	}
	return nil
}

// joiner puts sightings together to walks.
type joiner struct {
	chart       *Chart
	connections *connections
	open        map[Key][]*walk
	numbered    int // walks of traffic so far
	kept        int // walks of housekeeping so far
}

// number gives a new walk its number.
func (j *joiner) number(p *Packet) int {
	if p.Housekeeping() {
		j.kept++
		return -j.kept
	}
	j.numbered++
	return j.numbered
}

// add finds the walk that a sighting continues, or begins one. It returns a
// walk that is new, or nil.
//
// A sighting continues a walk if it has the walk's key, if the chart leads from
// one of the walk's points to this one, and if the headers can have become what
// they are on that stride. Where that is true of several walks equally well,
// the packets are equal in every byte; the oldest then gets the sighting, and
// the others are noted beside it.
func (j *joiner) add(s sighting) (begun *walk) {
	var best []*walk
	var bestFit fit
	for _, w := range j.open[s.packet.key] {
		// A walk may be open longer than that, behind an older one.
		if w.sightingAt(s.point) != nil || s.time.Sub(w.last) > journeyWindow {
			continue
		}
		f := j.fits(w, &s)
		if f > bestFit {
			best, bestFit = nil, f
		}
		if f != 0 && f == bestFit {
			best = append(best, w)
		}
	}
	if len(best) == 0 {
		w := &walk{id: j.number(&s.packet), key: s.packet.key, sightings: []sighting{s}, last: s.time}
		j.open[w.key] = append(j.open[w.key], w)
		return w
	}
	w := best[0]
	for _, rival := range best[1:] {
		s.rivals = append(s.rivals, rival.id)
	}
	for _, other := range j.open[w.key] {
		if o := other.sightingAt(s.point); o != nil && slices.Contains(o.rivals, w.id) {
			s.rivals = append(s.rivals, other.id)
		}
	}
	w.insert(s, j.chart)
	return nil
}

// insert puts a sighting at its place: by time, and where the chart says that
// one point comes directly after another, in that order.
func (w *walk) insert(s sighting, c *Chart) {
	at := len(w.sightings)
	for at > 0 {
		before := &w.sightings[at-1]
		if !s.before(before) && c.between(s.point, before.point) == 0 {
			break
		}
		if c.between(before.point, s.point) != 0 {
			break
		}
		at--
	}
	w.sightings = slices.Insert(w.sightings, at, s)
	if s.time.After(w.last) {
		w.last = s.time
	}
}

// close takes a walk out of those that can be continued.
func (j *joiner) close(w *walk) {
	list := j.open[w.key]
	i := slices.Index(list, w)
	if i < 0 {
		return
	}
	if len(list) == 1 {
		delete(j.open, w.key)
		return
	}
	j.open[w.key] = slices.Delete(list, i, i+1)
}

// fit says how well a sighting continues a walk; 0 is not at all.
type fit uint8

const (
	fitHalf  fit = iota + 1 // one end differs, as one NAT does it; no entry is known
	fitExact                // the same ends, or those the connection's entry gives
)

// fits returns the best fit over all strides between the walk and the sighting.
// Sightings normally come in order of time, so the walk leads to the sighting;
// one that comes late may also lead to the walk.
func (j *joiner) fits(w *walk, s *sighting) (best fit) {
	for i := range w.sightings {
		o := &w.sightings[i]
		if kind := j.chart.between(o.point, s.point); kind != 0 && j.timely(kind, o, s) {
			best = max(best, j.stride(kind, s.point, &o.packet, &s.packet))
		}
		if kind := j.chart.between(s.point, o.point); kind != 0 && !s.time.After(o.time) && j.timely(kind, s, o) {
			best = max(best, j.stride(kind, o.point, &s.packet, &o.packet))
		}
	}
	return best
}

// timely reports whether a stride can have taken as long as it did. Only a node's
// IP layer holds packets back, until it has the answer to an ARP request.
func (j *joiner) timely(kind strideKind, from, to *sighting) bool {
	return kind == stack || to.time.Sub(from.time) <= reorderWindow
}

// stride judges whether packet b, at a point, can be packet a one stride later.
func (j *joiner) stride(kind strideKind, to int, a, b *Packet) fit {
	if a.hash != b.hash {
		return 0
	}
	if kind != stack {
		if a.Src == b.Src && a.Dst == b.Dst && a.TTL == b.TTL && a.SrcMAC == b.SrcMAC && a.DstMAC == b.DstMAC {
			return fitExact
		}
		return 0
	}
	// Forwarding takes one off the TTL (RFC 1812, 5.3.1).
	if !a.IsIP() || b.TTL != a.TTL-1 {
		return 0
	}
	if ends, known := j.connections.translate(j.chart.points[to].node, a); known {
		if ends == b.ends() {
			return fitExact
		}
		return 0
	}
	src, dst := a.Src == b.Src, a.Dst == b.Dst
	switch {
	case src && dst:
		return fitExact
	case src || dst:
		return fitHalf
	}
	// Two translations at once, and nothing that says so: more likely another
	// packet.
	return 0
}
