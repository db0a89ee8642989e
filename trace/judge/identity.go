package judge

import (
	"bytes"
	"net/netip"
	"slices"
	"time"

	"tracer/trace"
)

// packet is all sightings of the packets with one key.
type packet struct {
	key  Key
	seen []*Sighting // in chronological order
	// one: no place saw it twice, so it is a single packet.
	one        bool
	fragmented bool
	toMany     bool
}

// identify sorts the judge's own sightings by packet.
func (j *judging) identify() {
	type place struct {
		key    Key
		at     Port
		out    bool
		ttl    uint8
		offset int
	}
	replies, places := map[datagram]bool{}, map[place]bool{}
	j.packets, j.keys, j.streams = map[Key]*packet{}, map[*Sighting]Key{}, newStreams()
	for i := range j.Sightings {
		s := &j.Sightings[i]
		k := s.key(replyOf(replies, s))
		j.keys[s] = k
		p := j.packets[k]
		if p == nil {
			p = &packet{key: k, one: true}
			j.packets[k] = p
		}
		p.seen = append(p.seen, s)
		p.fragmented = p.fragmented || s.More || s.Offset > 0
		p.toMany = p.toMany || s.Dst.Addr().IsMulticast() || s.DstMAC == "ff:ff:ff:ff:ff:ff"
		at := place{k, s.At, s.Out, s.TTL, s.Offset}
		p.one = p.one && !places[at]
		places[at] = true
		j.streams.add(s)
	}
}

// last returns where a packet was seen last.
func (p *packet) last() *Sighting { return p.seen[len(p.seen)-1] }

// early exceeds the difference between the timestamps that two sockets give one frame.
const early = 20 * time.Millisecond

// tapping identifies equal frames at one place.
type tapping struct {
	at     Port
	out    bool
	key    Key
	offset int
}

// matchFrames finds the judge's own sighting of each of the trace's frames: equal frames at
// one place were seen in the same order.
func (j *judging) matchFrames() {
	own := map[tapping][]*Sighting{}
	for i := range j.Sightings {
		s := &j.Sightings[i]
		if !j.covered(s) {
			continue
		}
		t := tapping{s.At, s.Out && !j.blind(), j.keys[s], s.Offset}
		own[t] = append(own[t], s)
	}
	j.frames = map[int]*Sighting{}
	var last time.Time
	replies := map[datagram]bool{}
	for i := range j.trace.Frames {
		f := &j.trace.Frames[i]
		if f.Time.After(last) {
			last = f.Time
		}
		mine := Sighting{At: Port{f.Node, f.Interface}, Out: f.Direction == trace.Out, header: decode(f.Data)}
		t := tapping{mine.At, mine.Out, mine.key(replyOf(replies, &mine)), mine.Offset}
		for len(own[t]) > 1 && f.Time.Sub(own[t][0].Time) > early {
			own[t] = own[t][1:] // before the recording began
		}
		if len(own[t]) == 0 || j.blind() && own[t][0].Time.Sub(f.Time) > early {
			if !j.LostOwn && j.watched(f.Time) {
				j.wrong(WrongCapture, "frame %d on %s %s [%s]: the judge has not seen it", f.Number, mine.At, f.Direction, t.key)
			}
			continue
		}
		at := which(own[t], f)
		s := own[t][at]
		own[t] = slices.Delete(own[t], at, at+1)
		j.frames[f.Number] = s
		if f.Length != s.Length || !s.equals(f.Data) {
			j.wrong(WrongCapture, "frame %d on %s %s [%s] has %v, but on the wire it had %v", f.Number, s.At, f.Direction, t.key, mine.fields(), s.fields())
		}
	}
	j.end = last
	j.noteEarlier()
	if j.trace.Gaps.Lost+j.trace.Gaps.Unkept == 0 {
		j.missing(own)
	}
}

// noteEarlier counts the packets seen before the recording began.
func (j *judging) noteEarlier() {
	j.earlier = map[string]int{}
	for i := range j.Sightings {
		if s := &j.Sightings[i]; s.IP && s.Time.Before(j.Began) {
			j.earlier[s.At.Node]++
		}
	}
}

// missing checks that none of the judge's own sightings is missing from the trace.
func (j *judging) missing(own map[tapping][]*Sighting) {
	for t, list := range own {
		for _, s := range list {
			if s.Time.After(j.Began) && s.Time.Before(j.end) {
				j.wrong(WrongCapture, "on %s [%s]: the trace has no such frame", t.at, t.key)
			}
		}
	}
}

// which returns the index of the sighting that shows a frame. tcpdump and the judge may see two
// frames of a packet in a different order.
func which(own []*Sighting, f *trace.Frame) int {
	return max(0, slices.IndexFunc(own, func(s *Sighting) bool { return s.equals(f.Data) && s.Time.Sub(f.Time).Abs() < early }))
}

// equals reports whether a sighting's frame has these bytes, as far as both were kept.
func (s *Sighting) equals(data []byte) bool {
	n := min(len(data), len(s.Data))
	return bytes.Equal(data[:n], s.Data[:n])
}

// watched reports whether the judge was watching at a time. Captures begin earlier.
func (j *judging) watched(at time.Time) bool { return !j.blind() || !at.Before(j.Began) }

// datagram identifies a datagram's fragments at one place.
type datagram struct {
	at       Port
	out      bool
	src, dst netip.Addr
	id       uint32
}

// replyOf reports whether a frame is an echo reply, or a later fragment of one.
func replyOf(known map[datagram]bool, s *Sighting) bool {
	d := datagram{s.At, s.Out, s.Src.Addr(), s.Dst.Addr(), s.ID}
	if s.icmp() && s.Offset == 0 {
		known[d] = s.replies()
	}
	return known[d]
}
