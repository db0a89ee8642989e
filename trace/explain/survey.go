package explain

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"tracer/trace"
)

// Line is a line of a survey.
type Line struct {
	Kind   LineKind
	Indent int // cells before the text
	Text   string
}

// LineKind is the kind of a line.
type LineKind uint8

// The kinds of lines.
const (
	LineHeading LineKind = iota
	LineRow
	LineWarning
	LineExample
	LineGap // empty
)

// survey builds the lines of a survey.
type survey struct {
	Language
	Signs
	*trace.Survey
	lines []Line
}

// Survey summarizes captures made with other programs: where they were taken, what was
// translated, how long packets took, and what is unusual.
func (l Language) Survey(s *trace.Survey, signs Signs) []Line {
	t := survey{Language: l, Signs: signs, Survey: s}
	t.points()
	t.mappings()
	t.strides()
	if s.Packets > 0 {
		t.paths()
		t.losses()
	}
	for _, f := range []struct {
		title Message
		trace.Finding
	}{
		{repeatedTitle, s.Retransmissions}, {resetTitle, s.Resets}, {ambiguousTitle, s.Ambiguous},
	} {
		if f.Packets > 0 {
			t.heading(l.Format(f.title, f.Packets))
			t.examples(f.Examples)
		}
	}
	if s.Cut > 0 {
		t.heading(l.Format(cutLine, s.Cut))
	}
	if s.Unsorted > 0 {
		t.heading(l.Format(unsortedLine, s.Unsorted))
	}
	for _, reached := range s.Limits {
		t.heading(l.Limit(reached))
	}
	return t.lines
}

// limits has the message for each kind of limit. Its arguments are the limit and how many
// were beyond it.
var limits = map[trace.LimitKind]Message{
	trace.LimitSightings: limitSightings, trace.LimitRivals: limitRivals, trace.LimitForms: limitForms,
	trace.LimitGaps: limitGaps, trace.LimitOrdered: limitOrdered, trace.LimitLosses: limitLosses,
	trace.LimitPoints: limitPoints, trace.LimitNames: limitNames, trace.LimitClock: limitClock,
	trace.LimitTimes: limitTimes, trace.LimitPaths: limitPaths, trace.LimitJourneys: limitJourneys,
	trace.LimitFrames: limitFrames,
}

// Limit describes a limit that was reached, even one of an unknown kind from a later
// version.
func (l Language) Limit(reached trace.Limit) string {
	m, known := limits[reached.Kind]
	if !known {
		return l.Format(limitOther, reached.Kind, reached.Most, reached.Beyond)
	}
	return l.Format(m, reached.Most, reached.Beyond)
}

func (t *survey) heading(s string) {
	if len(t.lines) > 0 {
		t.lines = append(t.lines, Line{Kind: LineGap})
	}
	t.lines = append(t.lines, Line{Kind: LineHeading, Text: s})
}

func (t *survey) row(kind LineKind, indent int, s string) {
	t.lines = append(t.lines, Line{kind, indent, s})
}

// table adds rows with aligned columns.
func (t *survey) table(rows [][]string) {
	var widths []int
	for _, r := range rows {
		for i, cell := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	for _, r := range rows {
		line := ""
		for i, cell := range r {
			line += cell + strings.Repeat(" ", widths[i]-ansi.StringWidth(cell)+3)
		}
		t.row(LineRow, 2, strings.TrimRight(line, " "))
	}
}

// points lists where packets were captured, and what is odd there.
func (t *survey) points() {
	t.heading(t.Format(pointTitle))
	files, rows := map[string]bool{}, make([][]string, len(t.Points))
	for i := range t.Points {
		p := &t.Points[i]
		files[p.File] = true
		rows[i] = []string{p.String(), fmt.Sprintf("%9s", t.Format(packets, p.Packets))}
	}
	t.table(rows)
	for i := range t.Points {
		p := &t.Points[i]
		for _, note := range []string{t.clock(p, len(files) > 1), t.setBack(p), t.undecoded(p), t.snapped(p), t.disorder(p)} {
			if note != "" {
				t.row(LineWarning, 2, p.String()+": "+note)
			}
		}
	}
}

// clock describes a point's clock. It returns "" if there is nothing to say.
func (t *survey) clock(p *trace.PointSurvey, others bool) string {
	switch {
	case p.Clock != 0 && p.Tolerance != 0:
		return t.Format(clockKnown, signed(p.Clock), round(p.Tolerance), t.Format(packets, p.Compared))
	case p.Clock != 0:
		return t.Format(clockBound, signed(p.Clock), t.Format(packets, p.Compared))
	case p.Compared == 0 && others && p.Packets > 0:
		return t.Format(clockAlone)
	}
	return ""
}

func (t *survey) setBack(p *trace.PointSurvey) string {
	if p.SetBack == 0 {
		return ""
	}
	return t.Format(clockSetBack, round(p.SetBack))
}

func (t *survey) undecoded(p *trace.PointSurvey) string {
	switch {
	case p.Undecoded == 0:
		return ""
	case p.Link != 0:
		return t.Format(undecodedLink, p.Undecoded, p.Link)
	}
	return t.Format(undecodedAt, p.Undecoded)
}

func (t *survey) snapped(p *trace.PointSurvey) string {
	if p.Snapped == 0 {
		return ""
	}
	return t.Format(snappedAt, p.Snapped)
}

func (t *survey) disorder(p *trace.PointSurvey) string {
	if !p.Disorder {
		return ""
	}
	return t.Format(disorderAt)
}

// mappings lists what was translated, and where.
func (t *survey) mappings() {
	if len(t.Mappings) == 0 {
		t.heading(t.Format(noMappings))
		return
	}
	t.heading(t.Format(mappingTitle))
	rows := make([][]string, len(t.Mappings))
	for i := range t.Mappings {
		m := &t.Mappings[i]
		kind, field := strings.ToUpper(m.Kind.String()), trace.FieldDestination
		from, to := m.From.String(), m.To.String()
		switch m.Kind {
		case trace.SNAT:
			kind, field = t.Format(inferredSource), trace.FieldSource
			from, to = m.From.Addr().String(), m.To.Addr().String()
		case 0:
			kind = t.Format(unknownMapping)
			from, to = ending(m.From), ending(m.To)
		}
		name := field.String()
		if m.Kind == 0 {
			name = "   "
		}
		count := t.Format(connections, m.Connections)
		if m.OtherPort > 0 {
			count += ", " + t.Format(mappingPorts, m.OtherPort)
		}
		rows[i] = []string{
			kind, m.Protocol + "  " + name + "  " + from + " " + t.Becomes + " " + to,
			t.Format(onTheWay, t.Points[m.After].String(), t.Points[m.Before].String()), count,
		}
	}
	t.table(rows)
}

// ending returns an address, with its port if known.
func ending(p netip.AddrPort) string {
	if p.Port() == 0 {
		return p.Addr().String()
	}
	return p.String()
}

// strides lists how long packets took.
func (t *survey) strides() {
	if len(t.Strides) == 0 {
		return
	}
	t.heading(t.Format(segmentTitle))
	rows := [][]string{{"", "p50", "p90", "p99", "max", ""}}
	for _, s := range t.Strides {
		rows = append(rows, []string{
			t.Points[s.From].String() + " " + t.Arrow + " " + t.Points[s.To].String(),
			t.duration(s.P50), t.duration(s.P90), t.duration(s.P99), t.duration(s.Max), t.Format(packets, s.Packets),
		})
	}
	t.table(rows)
}

// duration formats a duration, with up to three digits.
func (t *survey) duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d %s", d.Microseconds(), t.Micro)
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%.3g s", d.Seconds())
}

// mostPaths is the number of paths shown. The others are rare.
const mostPaths = 12

// paths lists the points that packets passed.
func (t *survey) paths() {
	t.heading(t.Format(pathTitle))
	var rows [][]string
	rest := 0
	for i, p := range t.Paths {
		if i >= mostPaths {
			rest += p.Packets
			continue
		}
		var names []string
		for _, at := range p.Points {
			names = append(names, t.Points[at].String())
		}
		rows = append(rows, []string{fmt.Sprintf("%9d", p.Packets), strings.Join(names, " "+t.Arrow+" ")})
	}
	if rest > 0 {
		rows = append(rows, []string{fmt.Sprintf("%9d", rest), t.Format(otherPaths)})
	}
	t.table(rows)
}

// losses lists where packets were last seen, and where they were missing.
func (t *survey) losses() {
	if len(t.Losses) == 0 {
		t.heading(t.Format(noLosses))
		return
	}
	t.heading(t.Format(lossTitle))
	for i := range t.Losses {
		l := &t.Losses[i]
		m := lossLine
		switch {
		case l.Passed && l.Quiet:
			m = lossPassedQuiet
		case l.Passed:
			m = lossPassed
		case l.Quiet:
			m = lossQuiet
		}
		t.row(LineWarning, 2, t.Format(m, t.Points[l.After].String(), t.Points[l.Never].String())+": "+t.Format(packets, l.Packets))
		t.examples(l.Examples)
	}
}

func (t *survey) examples(list []trace.Example) {
	for _, e := range list {
		t.row(LineExample, 6, fmt.Sprintf("#%d  %s  %s  %s %s %s",
			e.Journey, e.Time.UTC().Format("15:04:05.000000"), e.Summary, e.Source, t.Arrow, e.Destination))
	}
}

// surveyed returns the size of the captures, in one line.
func (l Language) surveyed(s *trace.Survey) string {
	seen := 0
	for i := range s.Points {
		seen += s.Points[i].Packets
	}
	return l.Format(surveyed, l.Format(packets, s.Packets), l.Format(conversations, s.Conversations), seen, round(s.Last.Sub(s.First)))
}

// round formats a duration with about three digits.
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
