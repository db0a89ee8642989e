package trace

import (
	"time"

	"github.com/google/gopacket/layers"
)

// uncharted is the way of packets between points of which nothing is known but
// what was captured there: any point may come after any other. What a packet's
// headers have become must be what routers and NAT can have made of them.
type uncharted struct {
	mixed  []bool // by point: it may be several interfaces
	behind int    // sightings that did not fit as they would have been before too many
	passed int    // sightings that were looked at to find a place
}

const (
	// strideWindow is how long a packet may take from one capture to another,
	// what the clocks differ by included.
	strideWindow = time.Second
	// linkWindow is the same for a packet that no router has held back, and
	// plainWindow for one that has nothing that would tell it from the next: nodes
	// ask the same question again after some time.
	linkWindow  = 200 * time.Millisecond
	plainWindow = 10 * time.Millisecond
	// clockSlack is by how much clocks may be wrong beside each other. Within it,
	// the TTL tells which sighting came first.
	clockSlack = 50 * time.Millisecond
	// mixedWindow is how long a packet takes from one interface of a machine to
	// another, where a capture does not tell them apart.
	mixedWindow = 20 * time.Millisecond
)

// place is by time, and by TTL where the times are too close to tell. What would have
// to be put before more than maxBehind others does not fit.
func (u *uncharted) place(w *walk, s *sighting) int {
	at := len(w.sightings)
	for at > 0 && len(w.sightings)-at <= maxBehind && earlier(s, &w.sightings[at-1]) {
		at--
	}
	u.passed += len(w.sightings) - at
	return at
}

func earlier(s, o *sighting) bool {
	a, b := &s.packet, &o.packet
	if a.TTL != b.TTL && apart(s.time, o.time) <= clockSlack {
		return a.TTL > b.TTL
	}
	return s.before(o)
}

// apart is how far two times are from each other, for those that are near: it costs a
// fraction of [time.Time.Sub].
func apart(a, b time.Time) time.Duration { return time.Duration(a.UnixNano() - b.UnixNano()).Abs() }

// fit looks at the sightings before and after the place that a sighting would
// have.
func (u *uncharted) fit(w *walk, s *sighting) fit {
	at := u.place(w, s)
	if len(w.sightings)-at > maxBehind {
		u.behind++
		return 0
	}
	best := fitExact
	if at > 0 {
		best = u.stride(&w.sightings[at-1], s)
	}
	if at < len(w.sightings) {
		best = min(best, u.stride(s, &w.sightings[at]))
	}
	if w.index != nil {
		if !w.index.again(u, s) {
			return 0
		}
		return best
	}
	for i := range w.sightings {
		if o := &w.sightings[i]; o.point == s.point && !u.again(o, s) {
			return 0
		}
	}
	return best
}

// again reports whether a packet can have been at a point twice: in and out of an
// interface, or where a capture is of several interfaces.
func (u *uncharted) again(a, b *sighting) bool {
	switch {
	case a.packet.TTL != b.packet.TTL:
		return true // it was routed back
	case a.direction != 0 && b.direction != 0 && a.direction != b.direction:
		return true
	}
	return u.mixed[a.point] && a.time.Sub(b.time).Abs() <= mixedWindow
}

// stride judges whether packet b can be packet a, later.
func (u *uncharted) stride(from, to *sighting) fit {
	a, b := &from.packet, &to.packet
	switch {
	case a.hash != b.hash && a.hash != 0 && b.hash != 0, to.time.Sub(from.time).Abs() > window(a, b):
		return 0
	case !a.IsIP():
		return unrouted(a, b)
	case b.TTL > a.TTL:
		return 0
	case a.Src == b.Src && a.Dst == b.Dst:
		return fitExact
	case a.TTL == b.TTL && a.HasMAC && b.HasMAC && a.SrcMAC == b.SrcMAC && a.DstMAC == b.DstMAC:
		return 0 // who translates addresses is a router, and sends a new frame
	case a.Dst.Addr().IsMulticast(), a.TTL == b.TTL && plain(a):
		return 0
	case a.Src == b.Src || a.Dst == b.Dst, a.echo() && (a.Src.Addr() == b.Src.Addr() || a.Dst.Addr() == b.Dst.Addr()):
		return fitHalf
	case !plain(a):
		return fitBoth
	}
	return 0 // too little is left that would tell them from others
}

// unrouted is how well a packet that is not IP's fits: no router passes it on, and
// of one that was cut off nothing is left to compare.
func unrouted(a, b *Packet) fit {
	if a.HasMAC && b.HasMAC && (a.SrcMAC != b.SrcMAC || a.DstMAC != b.DstMAC) || !a.IsARP() && (a.hash == 0 || b.hash == 0) {
		return 0
	}
	return fitExact
}

// plain reports whether a packet has no number that would tell it from the next of
// its kind.
func plain(p *Packet) bool {
	return p.Protocol != layers.IPProtocolTCP && p.key.ID == 0 && p.key.Seq == 0
}

// window is how long a packet may take.
func window(a, b *Packet) time.Duration {
	switch {
	case a.TTL != b.TTL:
		return strideWindow
	case plain(a):
		return plainWindow
	}
	return linkWindow
}

func (u *uncharted) reaches(from, to *sighting) bool {
	return (from.point != to.point || u.again(from, to)) && u.stride(from, to) != 0
}
