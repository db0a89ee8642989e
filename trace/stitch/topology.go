package stitch

import (
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
	"tracer/trace/join"
	"tracer/trace/packet"
)

// topology is a [join.Topology] that knows only what was captured: any point may come
// after any other. Routers and NAT must be able to turn a packet's earlier headers into
// the later ones.
type topology struct {
	conversations *conversations
	mixed         []bool // by point: it may be several interfaces
	loops         []bool // by point: it is a loopback interface
	behind        int    // sightings that did not fit because they would have preceded too many
	compared      int    // sightings examined to find a place
}

const (
	// routedWindow is how long a packet may take from one capture to another, including
	// the difference between their clocks.
	routedWindow = time.Second
	// linkWindow is the same for a packet that no router has held back and that has no IP
	// identification, and plainWindow for one that cannot be distinguished from the next:
	// nodes repeat a request after some time.
	linkWindow  = 200 * time.Millisecond
	plainWindow = 10 * time.Millisecond
	// clockSlack is how far clocks may be off relative to each other. Within it, the TTL
	// decides which sighting came first.
	clockSlack = 50 * time.Millisecond
	// mixedWindow is how long a packet takes between two interfaces of a machine that a
	// capture does not distinguish.
	mixedWindow = 20 * time.Millisecond
)

// loopback is the name of Linux's loopback interface.
const loopback = "lo"

// Place goes by time, and by TTL if the times are too close. A sighting that would
// precede more than maxBehind others does not fit.
func (n *topology) Place(t *track, s *join.Sighting) int {
	at := len(t.Sightings)
	for at > 0 && len(t.Sightings)-at <= maxBehind && earlier(s, &t.Sightings[at-1]) {
		at--
	}
	n.compared += len(t.Sightings) - at
	return at
}

func earlier(s, o *join.Sighting) bool {
	a, b := &s.Packet, &o.Packet
	if a.TTL != b.TTL && join.Apart(s.Time, o.Time) <= clockSlack {
		return a.TTL > b.TTL
	}
	return s.Before(o)
}

// Score compares a sighting with those before and after the place it would have.
func (n *topology) Score(t *track, s *join.Sighting) join.Score {
	// The cheapest test comes first: a track that was here already is of another, equal packet.
	if t.Repeats(s, n.revisit(s)) && !returns(t, s) {
		return 0
	}
	if n.apart(&t.Sightings[0], s) {
		return 0
	}
	at := n.Place(t, s)
	if len(t.Sightings)-at > maxBehind {
		n.behind++
		return 0
	}
	best := join.Exact
	if at > 0 {
		best = n.score(&t.Sightings[at-1], s)
	}
	if at < len(t.Sightings) {
		best = min(best, n.score(s, &t.Sightings[at]))
	}
	if best == join.Exact || !sameBody(&t.Sightings[0], s) {
		return best
	}
	return max(best, n.mapped(t, s))
}

// apart reports whether a loopback interface is one of two places: its packets go nowhere else.
func (n *topology) apart(a, b *join.Sighting) bool {
	return a.Point != b.Point && (n.loops[a.Point] || n.loops[b.Point])
}

// mapped returns [join.Exact] if other packets of the track's connection had the ends of
// a sighting, and it is close enough in time: NAT maps all packets of a connection alike.
func (n *topology) mapped(t *track, s *join.Sighting) join.Score {
	first := &t.Sightings[0]
	if quotes(t) || s.Packet.TTL > first.Packet.TTL || !t.Client.of.has(s.Packet.Ends(), t.Client.direction) ||
		join.Apart(t.Last, s.Time) > window(&first.Packet, &s.Packet) {
		return 0
	}
	return join.Exact
}

// sameBody reports whether two sightings are equal in everything that no router changes, as
// far as it was captured.
func sameBody(a, b *join.Sighting) bool {
	return a.Packet.Hash == b.Packet.Hash || a.Packet.Hash == 0 || b.Packet.Hash == 0
}

// returns reports whether a sighting may be of the packet coming back: to the port where it
// came in (hairpin mode), or to a bridge that is captured itself. NAT in the bridge has
// translated it, or routing has given it other MAC addresses.
func returns(t *track, s *join.Sighting) bool {
	if len(t.Sightings) > maxBehind {
		return false
	}
	for i := range t.Sightings {
		o := &t.Sightings[i]
		if o.Point == s.Point && o.Packet.TTL == s.Packet.TTL && o.Packet.Ends() == s.Packet.Ends() && !relinked(o, s) {
			return false
		}
	}
	return true
}

// relinked reports whether two sightings soon after each other have different MAC addresses. A
// retransmission has those of the packet that it repeats.
func relinked(o, s *join.Sighting) bool {
	a, b := &o.Packet, &s.Packet
	return a.HasMAC && b.HasMAC && (a.SrcMAC != b.SrcMAC || a.DstMAC != b.DstMAC) && join.Apart(o.Time, s.Time) <= plainWindow
}

// revisit returns the time within which a packet can be seen at a point once more, in the
// same direction and with the same TTL: if the capture covers several interfaces, or if a
// bridge made copies of it. Only the identification shows that it is a copy: a sender gives
// a retransmission another one. Negative means never.
func (n *topology) revisit(s *join.Sighting) time.Duration {
	switch {
	case n.mixed[s.Point]:
		return mixedWindow
	case s.Packet.Key.ID != 0 && s.Packet.Hash != 0 && !s.Packet.ToMany():
		return plainWindow
	}
	return -1
}

// score returns how well a sighting continues an earlier one at another place.
func (n *topology) score(from, to *join.Sighting) join.Score {
	a, b := &from.Packet, &to.Packet
	switch {
	case !sameBody(from, to), join.Apart(to.Time, from.Time) > window(a, b):
		return 0
	case !a.IsIP():
		return unrouted(a, b)
	case b.TTL > a.TTL:
		return 0
	case a.Src == b.Src && a.Dst == b.Dst:
		return join.Exact
	case a.Dst.Addr().IsMulticast(), a.TTL == b.TTL && plain(a):
		return 0
	case a.Src == b.Src || a.Dst == b.Dst, a.IsEcho() && (a.Src.Addr() == b.Src.Addr() || a.Dst.Addr() == b.Dst.Addr()):
		return join.OneEndDiffers
	case !plain(a):
		return join.BothEndsDiffer
	}
	return 0 // too little is left to distinguish it from others
}

// unrouted returns how well packets that are not IP fit. No router forwards them, and if
// they were cut off, nothing is left to compare.
func unrouted(a, b *packet.Packet) join.Score {
	if a.HasMAC && b.HasMAC && (a.SrcMAC != b.SrcMAC || a.DstMAC != b.DstMAC) || !a.IsARP() && (a.Hash == 0 || b.Hash == 0) {
		return 0
	}
	return join.Exact
}

// plain reports whether a packet has no number that distinguishes it from the next of its
// kind.
func plain(p *packet.Packet) bool {
	return p.Protocol != layers.IPProtocolTCP && p.Key.ID == 0 && p.Key.Seq == 0
}

// window is how long a packet may take.
func window(a, b *packet.Packet) time.Duration {
	switch {
	case a.TTL != b.TTL, a.Key.ID != 0: // a sender gives a retransmission another identification
		return routedWindow
	case plain(a):
		return plainWindow
	}
	return linkWindow
}

// Reaches reports whether a packet can have been at one sighting and then at another.
// Their addresses are equal, or known to be those of one connection.
func (n *topology) Reaches(from, to *join.Sighting) bool {
	if from.Point == to.Point && from.Packet.TTL == to.Packet.TTL && !opposite(from.Direction, to.Direction) &&
		join.Apart(from.Time, to.Time) > n.revisit(to) && !relinked(from, to) {
		return false
	}
	a, b := &from.Packet.Headers, &to.Packet.Headers
	return !n.apart(from, to) && (a.Ends() == b.Ends() || n.conversations.same(a, b)) && n.score(from, to) != 0
}

// opposite reports whether two directions are known and differ.
func opposite(a, b trace.Direction) bool { return a != 0 && b != 0 && a != b }

// Distinct returns false: only their bytes distinguish packets in a capture.
func (n *topology) Distinct(t, o *track) bool { return false }
