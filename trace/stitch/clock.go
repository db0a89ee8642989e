package stitch

import (
	"math"
	"net/netip"
	"time"
	"tracer/trace/join"
	"tracer/trace/packet"
)

// The clocks of two machines are compared by the packets that both captured. A
// packet that goes from A to B is at B later than at A by the time it takes, which
// is not negative; with B's clock ahead by an offset, the difference of its two
// time stamps is the offset and the time it took. So the smallest difference of
// packets from A to B is no less than the offset, and the largest of packets from
// B to A is no more than it:
//
//	B→A: offset - time taken  ≤  offset  ≤  offset + time taken :A→B
//
// Which way a packet went its TTL tells, where it was routed in between; elsewhere
// of the packets between two addresses those that took longer went from A to B.
// If zero is between the bounds, nothing speaks against both files being of one
// clock, and nothing is corrected. Otherwise the middle is taken, as in NTP (RFC
// 5905, section 8).

// Clock is what was found out about the clock of a file.
type Clock struct {
	Offset    time.Duration // to be added to its times; 0: none
	Tolerance time.Duration // by how much the offset may be wrong
	Common    int           // packets that it was found by; 0: there were none
	Against   int           // the file that it was compared with
}

// jitter is by how much time stamps of one clock can be out of order: processors
// take them at nearly the same time.
const jitter = 50 * time.Microsecond

// clocks estimates the clocks of all files against that of the first, by the
// beginning of each. Files that have no packet in common with it are compared by
// way of others.
func clocks(beginnings [][][]join.Sighting) []Clock {
	n := len(beginnings)
	found := make([]Clock, n)
	index := make([]map[sample]*join.Sighting, n)
	for i := range beginnings {
		index[i] = unique(beginnings[i])
	}
	reached := make([]bool, n)
	for start := range n {
		if reached[start] {
			continue
		}
		reached[start] = true
		for todo := []int{start}; len(todo) > 0; todo = todo[1:] {
			a := todo[0]
			for b := range n {
				if reached[b] {
					continue
				}
				c, ok := compare(index[a], index[b])
				if !ok {
					continue
				}
				reached[b] = true
				c.Offset, c.Against = found[a].Offset-c.Offset, a
				found[b] = c
				found[a].Common = max(found[a].Common, c.Common)
				todo = append(todo, b)
			}
		}
	}
	return found
}

// sample is what a packet is found by in another file.
type sample struct {
	key  packet.Key
	hash uint64
}

// unique finds the packets that a file has once.
func unique(lists [][]join.Sighting) map[sample]*join.Sighting {
	out := map[sample]*join.Sighting{}
	for _, list := range lists {
		for i := range list {
			p := &list[i].Packet
			if !p.IsIP() || p.Background() {
				continue
			}
			k := sample{p.Key, p.Hash}
			if _, twice := out[k]; twice {
				out[k] = nil
				continue
			}
			out[k] = &list[i]
		}
	}
	return out
}

// bounds are what an offset is between.
type bounds struct{ least, most time.Duration }

// compare returns by how much the clock of b is ahead of that of a.
func compare(a, b map[sample]*join.Sighting) (Clock, bool) {
	all := bounds{math.MinInt64, math.MaxInt64}
	type pair [2]netip.Addr
	unrouted := map[pair]bounds{} // of the differences
	common := 0
	for k, from := range a {
		to := b[k]
		if from == nil || to == nil {
			continue
		}
		common++
		d := to.Time.Sub(from.Time)
		switch p, q := &from.Packet, &to.Packet; {
		case p.TTL > q.TTL:
			all.most = min(all.most, d)
		case p.TTL < q.TTL:
			all.least = max(all.least, d)
		default:
			ends := pair{p.Src.Addr(), p.Dst.Addr()}
			seen, known := unrouted[ends]
			if !known {
				seen = bounds{d, d}
			}
			unrouted[ends] = bounds{min(seen.least, d), max(seen.most, d)}
		}
	}
	if common == 0 {
		return Clock{}, false
	}
	for ends, there := range unrouted {
		back, both := unrouted[pair{ends[1], ends[0]}]
		if both && there.least >= back.least { // there is from a to b
			all.most = min(all.most, there.least)
			all.least = max(all.least, back.most)
		}
	}
	return Clock{Offset: all.offset(), Tolerance: all.tolerance(), Common: common}, true
}

// offset is nothing if that is between the bounds, and in their middle otherwise.
// With one bound only, it is the least that respects it.
func (b bounds) offset() time.Duration {
	switch {
	case b.least <= jitter && b.most >= -jitter:
		return 0
	case b.least == math.MinInt64:
		return b.most
	case b.most == math.MaxInt64:
		return b.least
	}
	return b.least/2 + b.most/2
}

func (b bounds) tolerance() time.Duration {
	if b.least == math.MinInt64 || b.most == math.MaxInt64 {
		return 0
	}
	return (b.most/2 - b.least/2).Abs()
}
