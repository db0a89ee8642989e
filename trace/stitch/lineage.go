package stitch

import (
	"slices"

	"tracer/trace/join"
)

// lineage determines which sighting of a track follows from which. Most tracks are a chain.
// A bridge whose own interface is promiscuous (tcpdump makes it so) hands a copy of each
// frame to its host, and with br_netfilter, the host may even forward that copy:
//
//	veth2 ─▶ veth1 ─▶ container's eth0              the packet's path
//	           └─▶ docker0 ─▶ docker0 ─▶ veth1      the copy, which was routed
//
// The path comes first, then the copies. A lineage is used for one track after another.
type lineage struct {
	parents []int // of each sighting; -1 for the first
	path    int   // the number of sightings that are the packet's path, not a copy's

	bystanders bystanders
	aside      []bool // which sightings are a bystander's

	depths   []int
	children []int // number of each sighting's children
	order    []int
	moved    []join.Sighting
}

// maxLineage is the maximum number of sightings of an examined track: more than on any path.
// Longer tracks are taken for a chain.
const maxLineage = 1 << 6

// read examines a track, and sorts its sightings.
func (l *lineage) read(list []join.Sighting) {
	l.parents, l.aside, l.path = l.parents[:0], l.aside[:0], len(list)
	l.bystanders.learn(list)
	single, chain := len(list) <= maxLineage && !list[0].Packet.ToMany() && list[0].Packet.IsIP(), true
	for i := range list {
		p, aside := i-1, false
		if i > 0 && single {
			aside = l.bystanders.is(&list[i])
			p = l.parent(list[:i], &list[i])
			if first := again(list[:i], &list[i]); first >= 0 {
				p = max(0, l.parents[first])
			}
		}
		chain = chain && p == i-1 && !aside
		l.parents, l.aside = append(l.parents, p), append(l.aside, aside)
	}
	if chain {
		return
	}
	l.detach(list)
	l.sort(list, l.end(list))
}

// Descent is how well a sighting follows from an earlier one of the same packet.
type descent uint8

// The degrees. A frame is received at its destination; that node forwards it to another one.
// So a frame does not follow from one to the same node, unless the same interface has both:
// then it received a copy of a frame that was not sent to it.
const (
	unrelated descent = iota
	translated
	forwarded // or the frame was sent to another node
	turned    // by the host whose interface received it
	sameFrame
)

func descends(a, b *join.Sighting) descent {
	p, q := &a.Packet, &b.Packet
	macs := p.HasMAC && q.HasMAC
	equal := p.Src == q.Src && p.Dst == q.Dst
	switch {
	case p.TTL == q.TTL && equal && (!macs || p.SrcMAC == q.SrcMAC && p.DstMAC == q.DstMAC):
		return sameFrame
	case a.Point == b.Point && p.TTL == q.TTL+1 && equal:
		return turned
	case p.TTL < q.TTL, p.TTL > q.TTL && macs && p.DstMAC == q.DstMAC:
		return unrelated
	case equal:
		return forwarded
	}
	return translated
}

// parent returns the earlier sighting from which a sighting follows: the last one of those
// that explain it best. If a bridge translates a packet twice, each translation follows from the
// frame that arrived there, unless the second continues the first: its result then has neither
// of the ends that arrived.
func (l *lineage) parent(before []join.Sighting, s *join.Sighting) int {
	last := len(before) - 1
	if !l.aside[last] && descends(&before[last], s) == sameFrame {
		return last
	}
	most, at := unrelated, last
	for i := last; i >= 0; i-- {
		d := descends(&before[i], s)
		if l.aside[i] && d != turned {
			continue
		}
		if d == translated && most == translated && apart(&before[i], &before[at], s) {
			at = i
		}
		if d > most {
			most, at = d, i
		}
	}
	for most == unrelated && at > 0 && before[at].Time.After(s.Time) {
		at--
	}
	return at
}

// apart reports whether a bridge translated a packet twice, once as the second sighting shows
// and once as the third.
func apart(arrived, a, b *join.Sighting) bool {
	p, q, r := &arrived.Packet, &a.Packet, &b.Packet
	continues := p.Src != r.Src && p.Dst != r.Dst && (q.Src == r.Src || q.Dst == r.Dst)
	return p.TTL == q.TTL && p.Ends() != q.Ends() && !continues
}

// again returns the earlier sighting that a sighting repeats: the same frame at the same
// interface. Both follow from the same one.
func again(before []join.Sighting, s *join.Sighting) int {
	return slices.IndexFunc(before, func(o join.Sighting) bool {
		return o.Point == s.Point && o.Direction == s.Direction && s.Packet.HasMAC && descends(&o, s) == sameFrame
	})
}

// detach corrects the descendants of a copy: if an interface routed the frame that it
// received, the same frame elsewhere did not come from there.
func (l *lineage) detach(list []join.Sighting) {
	for i, p := range l.parents {
		if p <= 0 || list[p].Point != list[i].Point || list[p].Packet.TTL == list[i].Packet.TTL || list[p].Packet.DstMAC != list[i].Packet.DstMAC {
			continue
		}
		for k := p + 1; k < len(list); k++ {
			if l.parents[k] == p && descends(&list[p], &list[k]) == sameFrame {
				l.parents[k] = l.parents[p]
			}
		}
	}
}

// end returns where the path ends: the sighting with the most others before it. If the
// packet and a copy came to the same point, the packet was the first.
func (l *lineage) end(list []join.Sighting) int {
	l.depths, l.children = l.depths[:0], append(l.children[:0], make([]int, len(list))...)
	for _, p := range l.parents {
		depth := 0
		if p >= 0 {
			depth = l.depths[p] + 1
			l.children[p]++
		}
		l.depths = append(l.depths, depth)
	}
	best := -1
	for i := range list {
		if l.children[i] > 0 || l.aside[i] || !l.passed(list, i) {
			continue
		}
		if best < 0 || l.depths[i] > l.depths[best] {
			best = i
		}
	}
	return max(best, 0)
}

// passed reports whether a sighting follows from every other one at its point that has a
// higher TTL.
func (l *lineage) passed(list []join.Sighting, at int) bool {
	for i := range at {
		if list[i].Point != list[at].Point || list[i].Packet.TTL <= list[at].Packet.TTL {
			continue
		}
		k := at
		for k > i {
			k = l.parents[k]
		}
		if k != i {
			return false
		}
	}
	return true
}

// sort puts the path that ends at a sighting first.
func (l *lineage) sort(list []join.Sighting, end int) {
	l.order = l.order[:0]
	for i := end; i >= 0; i = l.parents[i] {
		l.order = append(l.order, i)
	}
	slices.Reverse(l.order)
	l.path = len(l.order)
	for i := range list {
		if !slices.Contains(l.order[:l.path], i) {
			l.order = append(l.order, i)
		}
	}
	l.moved = append(l.moved[:0], list...)
	parents := append(l.depths[:0], l.parents...)
	for to, from := range l.order {
		list[to] = l.moved[from]
		l.parents[to] = slices.Index(l.order, parents[from])
	}
	clear(l.moved)
	l.depths = parents
}
