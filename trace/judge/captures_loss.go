package judge

import (
	"slices"

	"tracer/trace"
)

// unseen checks that a packet that is said to be lost was not seen anywhere else, and did not
// arrive.
func (j *judging) unseen(p *trace.Journey) {
	o := &p.Outcome
	switch {
	case o.Kind == trace.OutcomeLeft:
		j.Unknown["fates"]++
		return
	case o.Kind == trace.OutcomeSegmented:
		j.divided(p)
		return
	case o.Kind != trace.OutcomeUnseen:
		j.wrong(WrongFate, "%s is said to be %s, which captures cannot show", j.name(p), o.Kind)
		return
	}
	j.Stated["losses"]++
	last := j.sighting(p, len(p.Path())-1)
	if last == nil {
		return
	}
	truth := j.packets[j.keys[last]]
	if by := j.received(truth.key); len(by) > 0 {
		j.wrong(WrongFate, "%s is said to be lost after %s, but was received by a program on %v: %s", j.name(p), last.At, by, ways(p))
		return
	}
	for _, s := range truth.seen {
		switch {
		case s.At == (Port{o.Others.Node, o.Others.Interface}):
			j.wrong(WrongFate, "%s is said to be missing at %s, but was seen there: %s", j.name(p), s.At, ways(p))
			return
		case j.everywhere() && s.Time.After(last.Time) && !j.hops(p, s):
			j.wrong(WrongFate, "%s is said to be lost after %s, but was seen on %s: %s", j.name(p), last.At, s.At, ways(p))
			return
		}
	}
}

// hops reports whether a sighting belongs to a journey.
func (j *judging) hops(p *trace.Journey, s *Sighting) bool {
	return slices.ContainsFunc(p.Hops, func(h trace.Hop) bool { return j.frames[h.Frame] == s })
}

// losses checks the survey's missing packets: their number must be that of the lost journeys,
// and no capture may have missed a packet.
func (j *judging) losses(s *trace.Survey) {
	lost := 0
	for i := range j.trace.Journeys {
		if j.trace.Journeys[i].Outcome.Kind == trace.OutcomeUnseen {
			lost++
		}
	}
	for _, l := range s.Losses {
		after, never := s.Points[l.After].Point, s.Points[l.Never].Point
		switch {
		case l.Quiet:
			j.Unknown["losses where the capture may have ended"] += l.Packets
		case l.Passed:
			j.Stated["packets not captured"] += l.Packets
			if !j.LostOwn {
				j.wrong(WrongSurvey, "%d packets are said to have passed %s after %s without being captured, such as #%d %s", l.Packets, never, after, l.Examples[0].Journey, l.Examples[0].Summary)
			}
		default:
			lost -= l.Packets
		}
	}
	if lost != 0 {
		j.wrong(WrongSurvey, "the survey has %d fewer lost packets than there are lost journeys", lost)
	}
}
