package correlate

import (
	"net/netip"
	"slices"
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace/join"
	"tracer/trace/packet"
)

// fragments collects the fragments of datagrams, point by point, and combines those of each
// datagram into one sighting. netfilter does the same where it tracks connections, and
// links with different MTUs need different numbers of fragments.
//
//	client/eth0 out   0–1479, 1480–2959, 2960–3007 ─┐
//	gateway/eth1 in   0–1479, 1480–2959, 2960–3007 ─┼─▶ one sighting at each point
//	gateway/eth0 out  0–975, 976–1951, 1952–… ──────┘
type fragments struct {
	decoder *packet.Decoder
	groups  map[fragmentsOf]*group
	oldest  []fragmentsOf // in order of their first fragments
}

// fragmentsOf is what the fragments of one datagram have in common at one point (RFC 791,
// 3.2; RFC 8200, 4.5).
type fragmentsOf struct {
	point    int
	from, to netip.Addr
	protocol layers.IPProtocol
	id       uint32
}

type group struct {
	sightings []join.Sighting
	data      [][]byte
}

// mostGroups bounds the number of datagrams being collected, mostFragments the fragments of
// each: 64 KiB in pieces of 8 bytes.
const mostGroups, mostFragments = 1 << 12, 1 << 13

func newFragments() *fragments {
	return &fragments{decoder: packet.NewDecoder(), groups: map[fragmentsOf]*group{}}
}

// add adds a fragment. It returns the sighting of the whole datagram, once that is
// complete, and the fragments that can no longer be reassembled: they are of an earlier
// datagram with the same identification, or there are too many.
func (f *fragments) add(s join.Sighting, data []byte) (whole join.Sighting, complete bool, given []join.Sighting) {
	h := &s.Packet.Headers
	k := fragmentsOf{s.Point, h.Src.Addr(), h.Dst.Addr(), h.Protocol, h.ID}
	g := f.groups[k]
	if g != nil && s.Time.Sub(g.sightings[0].Time) > lateness { // each point's frames come in order
		given = g.sightings
		f.drop(k)
		g = nil
	}
	if g == nil {
		g = &group{}
		f.groups[k] = g
		f.oldest = append(f.oldest, k)
	}
	g.sightings, g.data = append(g.sightings, s), append(g.data, data)
	b, ok := packet.Reassemble(g.data)
	if !ok {
		return whole, false, append(given, f.incomplete(time.Time{})...)
	}
	p, err := f.decoder.Frame(b)
	if err != nil {
		return whole, false, given
	}
	f.drop(k)
	whole = g.sightings[0]
	whole.Packet = p
	for i := range g.sightings[1:] {
		o := &g.sightings[1+i]
		whole.Fragments = append(whole.Fragments, o.Frame)
		if whole.Mark == 0 {
			whole.Mark = o.Mark
		}
	}
	return whole, true, given
}

func (f *fragments) drop(k fragmentsOf) {
	delete(f.groups, k)
	f.oldest = slices.DeleteFunc(f.oldest, func(o fragmentsOf) bool { return o == k })
}

// incomplete removes and returns the fragments of incomplete datagrams that began before a
// given time, or exceed the limit.
func (f *fragments) incomplete(before time.Time) (list []join.Sighting) {
	for len(f.oldest) > 0 {
		k := f.oldest[0]
		g := f.groups[k]
		if len(f.oldest) <= mostGroups && len(g.sightings) <= mostFragments && !g.sightings[0].Time.Before(before) {
			break
		}
		list = append(list, g.sightings...)
		delete(f.groups, k)
		f.oldest = f.oldest[1:]
	}
	return list
}
