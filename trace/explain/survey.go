package explain

import (
	"strings"
	"time"

	"tracer/trace"
)

// Surveyed says how much was captured, in one line.
func (v Voice) Surveyed(s *trace.Survey) string {
	seen := 0
	for i := range s.Points {
		seen += s.Points[i].Packets
	}
	return v.say(surveyed, v.Packets(s.Packets), v.connections(s.Conversations), seen, round(s.Last.Sub(s.First)))
}

// SurveyedSome says how many of the packets a view shows.
func (v Voice) SurveyedSome(shown, all int) string {
	return v.say(surveyedSome, v.Packets(shown), v.Packets(all))
}

func (v Voice) connections(n int) string {
	if n == 1 {
		return v.say(oneConnection)
	}
	return v.say(connections, n)
}

// Heading is what stands above a part of a survey.
type Heading = message

// The headings of a survey.
const (
	HeadingPoints    = pointTitle
	HeadingMappings  = mappingTitle
	HeadingPaths     = pathTitle
	HeadingStrides   = strideTitle
	HeadingLosses    = lossTitle
	HeadingNoLosses  = noLosses
	HeadingNoMapping = noMappings
	HeadingRepeated  = repeatedTitle
	HeadingResets    = resetTitle
	HeadingAmbiguous = ambiguousTitle
	HeadingDrillDown = drillDown
)

// Heading returns the text of a heading.
func (v Voice) Heading(h Heading) string { return v.say(h) }

// Clock says what is to be known of a point's clock, or nothing.
func (v Voice) Clock(p *trace.PointSurvey, others bool) string {
	switch {
	case p.Clock != 0 && p.Tolerance != 0:
		return v.say(clockBare, signed(p.Clock), round(p.Tolerance), p.Compared)
	case p.Clock != 0:
		return v.say(clockLine, signed(p.Clock), p.Compared)
	case p.Compared == 0 && others:
		return v.say(clockAlone)
	}
	return ""
}

// Undecoded says how many packets of a point's file could not be read, or nothing.
func (v Voice) Undecoded(p *trace.PointSurvey) string {
	if p.Undecoded == 0 {
		return ""
	}
	return v.say(undecodedAt, p.Undecoded)
}

// Mapping says what a translation is, from what to what, and of how many
// connections.
func (v Voice) Mapping(m *trace.Mapping, becomes string) (kind, what, count string) {
	kind = strings.ToUpper(m.Kind)
	field := trace.FieldDestination
	from, to := m.From.String(), m.To.String()
	switch m.Kind {
	case "snat":
		kind, field = v.say(inferredSource), trace.FieldSource
		from, to = m.From.Addr().String(), m.To.Addr().String()
	case "":
		kind = v.say(unknownMapping)
	}
	count = v.connections(m.Connections)
	if m.OtherPort > 0 {
		count += ", " + v.say(mappingPorts, m.OtherPort)
	}
	return kind, v.say(mappingLine, m.Protocol, field, from+" "+becomes+" "+to), count
}

// Between says between which points something happens.
func (v Voice) Between(a, b string) string { return v.say(mappingPlace, a, b) }

// Loss says where packets were not seen.
func (v Voice) Loss(l *trace.Loss, after, never string) string {
	m := lossLine
	switch {
	case l.Passed && l.Quiet:
		m = lossPassedQuiet
	case l.Passed:
		m = lossPassed
	case l.Quiet:
		m = lossQuiet
	}
	return v.say(m, after, never)
}

// Unsorted says how much is not told apart, or nothing.
func (v Voice) Unsorted(n int) string {
	if n == 0 {
		return ""
	}
	return v.say(unsortedLine, n)
}

// KeptSome says how many packets are left out, or nothing.
func (v Voice) KeptSome(n int) string {
	if n <= 0 {
		return ""
	}
	return v.say(keptSome, n)
}

// round shortens a duration to three figures or so.
func round(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Microsecond).String()
}

func signed(d time.Duration) string {
	if d > 0 {
		return "+" + round(d)
	}
	return "-" + round(-d)
}
