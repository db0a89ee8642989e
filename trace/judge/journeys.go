package judge

import "tracer/trace"

// journeys checks that each frame is in one journey, that no journey has several packets,
// and no packet several journeys.
func (j *judging) journeys() {
	hops := map[int]int{}
	of := map[Key][]*trace.Journey{}
	for i := range j.trace.Journeys {
		p := &j.trace.Journeys[i]
		j.Stated["journeys"]++
		for k := range p.Hops {
			j.Stated["hops"]++
			hops[p.Hops[k].Frame]++
		}
		for _, key := range j.keysOf(p) {
			of[key] = append(of[key], p)
		}
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
		case ambiguous(list[0]) || ambiguous(list[1]):
			j.Unknown["ambiguous journeys"] += len(list)
		default:
			j.wrong(SplitPacket, "%d journeys of one packet: %s%s, and %s%s", len(list), j.name(list[0]), path(list[0]), j.name(list[1]), path(list[1]))
		}
	}
}

// keysOf returns the keys of a journey's packets: one, if the journey is right.
func (j *judging) keysOf(p *trace.Journey) (keys []Key) {
	for i := range p.Hops {
		s := j.sighting(p, i)
		if s == nil {
			continue
		}
		key := j.keys[s]
		switch {
		case len(keys) == 0:
			keys = append(keys, key)
		case keys[0] == key:
		case len(p.Hops[i].Ambiguous) > 0:
			j.wrong(WrongAmbiguity, "%s: hop %d at %s may be of #%v, but it is %s", j.name(p), i+1, s.At, p.Hops[i].Ambiguous, key)
		default:
			j.wrong(MixedPackets, "%s: hop %d at %s is %s:%s", j.name(p), i+1, s.At, key, path(p))
			keys = append(keys, key)
		}
		if len(p.Hops[i].Ambiguous) > 0 && j.packets[key].one {
			j.wrong(WrongAmbiguity, "%s: hop %d at %s may be of #%v, but there is only one such packet", j.name(p), i+1, s.At, p.Hops[i].Ambiguous)
		}
	}
	return keys
}
