package judge

import (
	"strings"

	"tracer/trace"
)

// journeys checks that each frame is in one journey, that no journey has several packets,
// and that no packet has several journeys.
func (j *judging) journeys() {
	hops := map[int]int{}
	of := map[Key][]*trace.Journey{}
	for i := range j.trace.Journeys {
		p := &j.trace.Journeys[i]
		j.Stated["journeys"]++
		for k := range p.Hops {
			j.Stated["hops"]++
			for _, f := range p.Hops[k].Frames() {
				hops[f]++
			}
		}
		for _, key := range j.keysOf(p) {
			of[key] = append(of[key], p)
		}
		j.summary(p)
	}
	for i := range j.trace.Frames {
		if n := hops[i+1]; n != 1 && j.trace.Gaps.Stray+j.trace.Gaps.Undecoded == 0 {
			j.wrong(WrongCapture, "frame %d is in %d journeys", i+1, n)
		}
	}
	for key, list := range of {
		p := j.packets[key]
		switch {
		case len(list) == 1 || !p.one:
		case p.fragmented || p.toMany:
			j.Unknown["journeys of fragments and copies"] += len(list)
		case j.blind() && (unnumbered(list[0], list[1]) || unnumbered(list[1], list[0])):
			j.Unknown["journeys of packets without identification"] += len(list)
		case ambiguous(list[0]) || ambiguous(list[1]):
			j.Unknown["ambiguous journeys"] += len(list)
		default:
			j.wrong(SplitPacket, "%d journeys of one packet: %s%s, and %s%s", len(list), j.name(list[0]), path(list[0]), j.name(list[1]), path(list[1]))
		}
	}
}

// summary checks the summary of an echo, whose later fragments have no header.
func (j *judging) summary(p *trace.Journey) {
	s := j.sighting(p, 0)
	if s == nil || !s.icmp() || s.Quote != nil || !s.Tagged {
		return
	}
	reply := strings.HasSuffix(string(j.keys[s]), Tag{s.Tag.Request, true, s.Tag.Number}.String())
	if strings.Contains(p.Summary, "echo re") && strings.Contains(p.Summary, "echo reply") != reply {
		j.wrong(WrongSummary, "%s is called %q", j.name(p), p.Summary)
	}
}

// keysOf returns the keys of a journey's packets: one, if the journey is right.
func (j *judging) keysOf(p *trace.Journey) (keys []Key) {
	for i := range p.Hops {
		for _, f := range p.Hops[i].Frames() {
			keys = j.addKey(keys, p, i, j.frames[f])
		}
	}
	return keys
}

func (j *judging) addKey(keys []Key, p *trace.Journey, hop int, s *Sighting) []Key {
	if s == nil {
		return keys
	}
	key, maybe := j.keys[s], p.Hops[hop].Ambiguous
	switch {
	case len(keys) == 0:
		keys = append(keys, key)
	case keys[0] == key:
	case len(maybe) > 0:
		j.wrong(WrongAmbiguity, "%s: hop %d at %s may be of #%v, but it is %s", j.name(p), hop+1, s.At, maybe, key)
	default:
		j.wrong(MixedPackets, "%s: hop %d at %s is %s:%s", j.name(p), hop+1, s.At, key, path(p))
		keys = append(keys, key)
	}
	if known := j.packets[key]; len(maybe) > 0 && known.one && !known.toMany && !j.parted(p, key, maybe) {
		j.wrong(WrongAmbiguity, "%s: hop %d at %s may be of #%v, but there is only one such packet", j.name(p), hop+1, s.At, maybe)
	}
	return keys
}

// parted reports whether the journeys that a hop may belong to are all of the same packet, which
// captures need not show.
func (j *judging) parted(p *trace.Journey, key Key, maybe []int) bool {
	for _, id := range maybe {
		o := j.trace.Journey(id)
		if o == nil || !j.blind() {
			return false
		}
		if s := j.sighting(o, 0); s == nil || j.keys[s] != key || !unnumbered(p, o) && !unnumbered(o, p) {
			return false
		}
	}
	j.Unknown["hops of packets without identification"]++
	return true
}
