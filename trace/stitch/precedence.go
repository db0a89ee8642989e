package stitch

import (
	"math/bits"

	"tracer/trace"
	"tracer/trace/join"
)

// precedence knows in which order packets pass points, for captures whose times do not
// show it. Many count in microseconds, and a packet needs less than one from a bridge to
// its port. In the other direction, it may keep the time stamp that it got at the port
// (net/core/dev.c, __netif_receive_skb).
//
// It learns from packets whose times do show the order. Frames between two stations pass
// points in one order, and in the opposite direction in the reverse order: links have no
// loops. If no other frame between the stations was seen at both points, it considers how
// often two points follow one another, in either direction: the one that is more often next
// to the point of the previous sighting comes first, or else the one that is less often next
// to that of the following sighting. If captures have no hardware addresses, it finally uses
// the order of packets in the same direction of conversations, or the reversed order of those
// in the opposite direction.
type precedence struct {
	points  int        // capacity
	beside  []int32    // by two points: packets seen at one right after the other
	towards [2][]int32 // by direction, from and to
	links   map[leg]int32
}

// leg is the part of the path of frames between two stations that leads from one point to
// another.
type leg struct {
	from, to int
	src, dst trace.MAC
}

// maxLegs is the number of legs remembered, which take 64 bytes each.
const maxLegs = 1 << 12

// legOf returns the leg from one sighting to another, if both show one frame between two
// stations.
func legOf(a, b *join.Sighting) (l leg, ok bool) {
	p, q := &a.Packet, &b.Packet
	ok = p.HasMAC && q.HasMAC && p.SrcMAC == q.SrcMAC && p.DstMAC == q.DstMAC && !p.ToMany()
	return leg{a.Point, b.Point, p.SrcMAC, p.DstMAC}, ok
}

// back returns the leg of frames in the opposite direction.
func (l leg) back() leg { return leg{l.to, l.from, l.dst, l.src} }

// pass counts a frame that passed a leg.
func (o *precedence) pass(l leg) {
	if _, known := o.links[l]; !known && len(o.links) >= maxLegs {
		return
	}
	if o.links == nil {
		o.links = map[leg]int32{}
	}
	if o.links[l] < 1<<29 {
		o.links[l]++
	}
}

// grow makes room for at least this number of points.
func (o *precedence) grow(points int) {
	if points > maxOrdered || points <= o.points {
		return
	}
	points = max(4, 1<<bits.Len(uint(points-1)))
	wider := func(old []int32) []int32 {
		list := make([]int32, points*points)
		for from := range o.points {
			copy(list[from*points:], old[from*o.points:(from+1)*o.points])
		}
		return list
	}
	o.beside = wider(o.beside)
	for d := range o.towards {
		o.towards[d] = wider(o.towards[d])
	}
	o.points = points
}

// learn counts the step between a track's sightings i-1 and i, if one clearly came
// directly after the other: no third sighting has the time of either.
func (o *precedence) learn(w *track, i int) {
	list := w.Sightings
	if i < 1 || tied(&list[i-1], &list[i]) || i > 1 && tied(&list[i-2], &list[i-1]) || i+1 < len(list) && tied(&list[i], &list[i+1]) {
		return
	}
	from, to := list[i-1].Point, list[i].Point
	if from >= o.points || to >= o.points || o.beside[from*o.points+to] > 1<<29 {
		return
	}
	if l, ok := legOf(&list[i-1], &list[i]); ok {
		o.pass(l)
	}
	o.beside[from*o.points+to]++
	o.beside[to*o.points+from]++
	// Broadcasts and multicasts do not show the path of other packets.
	if !list[0].Packet.ToMany() {
		o.towards[w.Client.direction-1][from*o.points+to]++
		o.towards[trace.Original+trace.Reply-w.Client.direction-1][to*o.points+from]++
	}
}

// settle puts sightings with equal times in the order that other packets took, and marks those
// whose order remains unknown. The copies of a flooded frame take several paths at once, so the
// path of another packet does not show their order.
func (o *precedence) settle(w *track) {
	list := w.Sightings
	for swapped, pass := true, 0; swapped && pass < maxPasses; pass++ {
		swapped = false
		for i := 1; i < len(list); i++ {
			if stays, swap := o.weigh(w, i); swap > stays {
				list[i-1], list[i] = list[i], list[i-1]
				swapped = true
			}
		}
	}
	for i := 1; i < len(list); i++ {
		stays, swap := o.weigh(w, i)
		list[i].Unordered = tied(&list[i-1], &list[i]) && (stays <= swap || list[i].Packet.ToMany())
	}
}

// maxPasses limits the passes of sorting a packet's sightings. It exceeds the number of
// sightings at one time.
const maxPasses = 8

// weigh returns the weight of evidence for the order of two sightings, and for the reverse.
func (o *precedence) weigh(w *track, i int) (stays, swap int32) {
	list := w.Sightings
	a, b := &list[i-1], &list[i]
	switch {
	case !tied(a, b):
		return 0, 0
	case i > 1 && turns(&list[i-2], a):
		return 1, 0
	case i > 1 && turns(&list[i-2], b):
		return 0, 1
	case a.Point >= o.points || b.Point >= o.points:
		return 0, 0
	}
	there, frame := legOf(a, b)
	if frame {
		reverse := leg{b.Point, a.Point, there.src, there.dst}
		stays, swap = o.links[there]+o.links[there.back()], o.links[reverse]+o.links[reverse.back()]
	}
	if stays == swap && i > 1 && list[i-2].Point < o.points {
		before := list[i-2].Point * o.points
		stays, swap = o.beside[before+a.Point], o.beside[before+b.Point]
	}
	if stays == swap && i+1 < len(list) && list[i+1].Point < o.points {
		after := list[i+1].Point * o.points
		stays, swap = o.beside[after+b.Point], o.beside[after+a.Point]
	}
	if stays == swap && !frame {
		towards := o.towards[w.Client.direction-1]
		stays, swap = towards[a.Point*o.points+b.Point], towards[b.Point*o.points+a.Point]
	}
	return stays, swap
}

// turns reports whether a router sends a packet out of the interface through which it came in.
// The packet is then seen there again before it is seen anywhere else.
func turns(in, out *join.Sighting) bool {
	return in.Point == out.Point && in.Packet.TTL == out.Packet.TTL+1
}

// tied reports whether only the order of arrival separates two sightings.
func tied(a, b *join.Sighting) bool {
	return a.Time.Equal(b.Time) && a.Packet.TTL == b.Packet.TTL && a.Point != b.Point
}
