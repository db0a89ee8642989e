package stitch

import (
	"tracer/trace"
	"tracer/trace/join"
)

// bystanders knows which interfaces get copies of frames between other nodes, as a
// promiscuous bridge's own interface does:
//
//	a ── veth ─┐
//	           ├─ bridge ── docker0, with the MAC address m
//	b ── veth ─┘
//
// If frames between m and a pass a point, and so do frames between m and b, then it lies
// between m on one side, and a and b on the other. Links have no loops, so frames from a to
// b do not pass it.
type bystanders struct{ points []bystander }

// bystander is what is known about a point.
type bystander struct {
	own   trace.MAC // all frames that begin their way at the point come from it
	begun bool      // such a frame was seen
	many  bool      // they come from several addresses
	peers []peer
}

// peer is an address whose frames to and from the point's own pass the point.
type peer struct {
	mac      trace.MAC
	to, from bool
}

// maxPeers is the number of peers remembered per point. Copies of other peers' frames are
// not recognized.
const maxPeers = 1 << 4

// learn processes a packet's sightings, in order.
func (b *bystanders) learn(list []join.Sighting) {
	for i := range list {
		s := &list[i]
		p := &s.Packet
		if !p.HasMAC || p.ToMany() || s.Point >= maxOrdered {
			continue
		}
		for s.Point >= len(b.points) {
			b.points = append(b.points, bystander{})
		}
		at := &b.points[s.Point]
		if begins(list, i) {
			at.many = at.many || at.begun && at.own != p.SrcMAC
			at.own, at.begun = p.SrcMAC, true
		}
		switch {
		case !at.begun || at.many:
		case p.SrcMAC == at.own:
			if o := at.peer(p.DstMAC); o != nil {
				o.to = true
			}
		case p.DstMAC == at.own:
			if o := at.peer(p.SrcMAC); o != nil {
				o.from = true
			}
		}
	}
}

// begins reports whether a sighting is the first of several of a frame, judging by its
// sender and TTL. Equal times do not tell.
func begins(list []join.Sighting, at int) bool {
	s := &list[at]
	for i := range at {
		if o := &list[i]; o.Packet.TTL == s.Packet.TTL && o.Packet.SrcMAC == s.Packet.SrcMAC {
			return false
		}
	}
	return at+1 < len(list) && !list[at+1].Time.Equal(s.Time)
}

func (at *bystander) peer(mac trace.MAC) *peer {
	for i := range at.peers {
		if at.peers[i].mac == mac {
			return &at.peers[i]
		}
	}
	if len(at.peers) >= maxPeers {
		return nil
	}
	at.peers = append(at.peers, peer{mac: mac})
	return &at.peers[len(at.peers)-1]
}

// is reports whether a sighting is of a frame that did not pass its point.
func (b *bystanders) is(s *join.Sighting) bool {
	p := &s.Packet
	if s.Point >= len(b.points) || !p.HasMAC || p.ToMany() {
		return false
	}
	at := &b.points[s.Point]
	return at.begun && !at.many && p.SrcMAC != at.own && p.DstMAC != at.own && at.passes(p.SrcMAC) && at.passes(p.DstMAC)
}

func (at *bystander) passes(mac trace.MAC) bool {
	for _, o := range at.peers {
		if o.mac == mac {
			return o.to && o.from
		}
	}
	return false
}
