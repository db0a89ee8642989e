package judge

import (
	"strings"

	"tracer/trace"
)

// divided checks the segments into which a packet was divided, according to a trace of
// captures: they must carry exactly its payload, and must not have been sent before it.
func (j *judging) divided(p *trace.Journey) {
	whole := j.sighting(p, 0)
	if whole == nil {
		return
	}
	j.Stated["segments"] += len(p.Outcome.Segments)
	connection, direction := j.streams.of(whole)
	next, payload := whole.Seq, strings.Builder{}
	for _, id := range p.Outcome.Segments {
		segment := j.trace.Journey(id)
		if segment == nil {
			j.wrong(WrongSegments, "%s: there is no packet #%d", j.name(p), id)
			return
		}
		s := j.sighting(segment, 0)
		if s == nil {
			return
		}
		of, to := j.streams.of(s)
		switch {
		case of != connection || to != direction || s.Ack != whole.Ack || s.Stamps != whole.Stamps:
			j.wrong(WrongSegments, "%s: [%s] was not divided from it", j.name(p), j.keys[s])
		case s.Seq != next:
			j.wrong(WrongSegments, "%s: [%s] is not its next segment, which would have seq %d", j.name(p), j.keys[s], next)
		case s.Time.Before(whole.Time):
			j.wrong(WrongSegments, "%s: [%s] was sent before it", j.name(p), j.keys[s])
		}
		next += uint32(s.Carries)
		payload.Write(s.Payload)
	}
	if next != whole.Seq+uint32(whole.Carries) {
		j.wrong(WrongSegments, "%s has %d bytes, its segments %d: %s", j.name(p), whole.Carries, next-whole.Seq, ways(p))
	} else if all := payload.String(); len(all) == len(whole.Payload) && all != string(whole.Payload) {
		j.wrong(WrongSegments, "%s: its segments have other bytes", j.name(p))
	}
}
