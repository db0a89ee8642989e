package stitch

import (
	"math"
	"net/netip"
	"time"

	"tracer/trace/join"
	"tracer/trace/packet"
)

// The clocks of two machines are compared by the packets that both captured. A packet
// from A to B passes B later than A by the time taken, which is not negative. If B's
// clock is ahead by an offset, the difference between the packet's two time stamps is the
// offset plus the time taken. So the smallest difference of packets from A to B is an
// upper bound of the offset, and the largest difference of packets from B to A is a lower
// bound:
//
//	B→A: offset - time taken  ≤  offset  ≤  offset + time taken :A→B
//
// The TTL shows a packet's direction if it was routed in between. Otherwise, of the
// packets between two addresses, those that took longer went from A to B. That can be
// wrong: a bridge may hand up its own copy of a frame after it has forwarded the frame.
// Then the bounds are the wrong way round, and the offset is somewhere between them all the
// same. If zero is within the bounds, both files may have the same clock, and nothing is
// corrected. Otherwise the offset is the middle of the bounds, as in NTP (RFC 5905, section
// 8). Files of one machine are known to have the same clock.

// Clock is the estimate of a file's clock.
type Clock struct {
	Offset    time.Duration // to be added to its times; 0 if none
	Tolerance time.Duration // by how much the offset may be wrong
	Common    int           // packets used for the estimate; 0 if there were none
	Against   int           // the file it was compared with
}

// jitter is by how much time stamps of one clock can be out of order: processors take
// them at nearly the same time.
const jitter = 50 * time.Microsecond

// clocks estimates the clocks of all files relative to the first, from the beginning of
// each. Files with no packet in common with the first are compared by way of others. Files
// of the same machine are not corrected relative to each other; "" is an unknown machine.
func clocks(beginnings [][][]join.Sighting, machines []string) []Clock {
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
				if machines[a] != "" && machines[a] == machines[b] {
					c, ok = Clock{Common: c.Common}, true
				}
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

// sample identifies a packet in several files.
type sample struct {
	key  packet.Key
	hash uint64
}

// unique finds the packets that occur only once in a file. Repeated ones map to nil.
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

// bounds are the lowest and the highest possible offset.
type bounds struct{ least, most time.Duration }

// compare returns by how much b's clock is ahead of a's.
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
		if both && there.least >= back.least { // there is the direction from a to b
			all.most = min(all.most, there.least)
			all.least = max(all.least, back.most)
		}
	}
	return Clock{Offset: all.offset(), Tolerance: all.tolerance(), Common: common}, true
}

// offset returns 0 if that is within the bounds, and their middle otherwise. If there is
// only one bound, it returns that.
func (b bounds) offset() time.Duration {
	switch {
	case min(b.least, b.most) <= jitter && max(b.least, b.most) >= -jitter:
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
