package export

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"tracer/trace"
	"tracer/trace/explain"
)

// survey writes what captures from elsewhere show as a whole: where they were
// taken, what was translated, how long packets took, and what is out of the
// ordinary.
func (v *text) survey(s *trace.Survey) {
	v.points(s)
	v.mappings(s)
	v.strides(s)
	v.ways(s)
	v.losses(s)
	for _, f := range []struct {
		title explain.Heading
		trace.Finding
	}{
		{explain.HeadingRepeated, s.Retransmissions}, {explain.HeadingResets, s.Resets}, {explain.HeadingAmbiguous, s.Ambiguous},
	} {
		if f.Packets > 0 {
			v.title(fmt.Sprintf("%d %s", f.Packets, v.voice.Heading(f.title)))
			v.examples(f.Examples)
		}
	}
	if note := v.voice.Unsorted(s.Unsorted); note != "" {
		v.line("", "")
		v.line("", v.style.note.Render(note))
	}
}

func (v *text) title(s string) {
	v.line("", "")
	v.line("", v.style.title.Render(s))
}

func (v *text) points(s *trace.Survey) {
	v.line("", v.style.title.Render(v.voice.Heading(explain.HeadingPoints)))
	width := 0
	for i := range s.Points {
		width = max(width, lipgloss.Width(s.Points[i].String()))
	}
	files := map[string]bool{}
	for i := range s.Points {
		files[s.Points[i].File] = true
	}
	for i := range s.Points {
		p := &s.Points[i]
		line := fmt.Sprintf("%9s", v.voice.Packets(p.Packets))
		for _, note := range []string{v.voice.Clock(p, len(files) > 1), v.voice.Undecoded(p)} {
			if note != "" {
				line += "   " + v.style.bad.Render(note)
			}
		}
		v.line("  "+pad(p.String(), width)+"  ", line)
	}
}

func (v *text) mappings(s *trace.Survey) {
	if len(s.Mappings) == 0 {
		v.title(v.voice.Heading(explain.HeadingNoMapping))
		return
	}
	v.title(v.voice.Heading(explain.HeadingMappings))
	rows := make([][]string, len(s.Mappings))
	for i := range s.Mappings {
		m := &s.Mappings[i]
		kind, what, count := v.voice.Mapping(m, v.style.becomes)
		rows[i] = []string{kind, v.style.changed.Render(what), v.voice.Between(s.Points[m.After].String(), s.Points[m.Before].String()), count}
	}
	v.table(rows)
}

func (v *text) strides(s *trace.Survey) {
	if len(s.Strides) == 0 {
		return
	}
	v.title(v.voice.Heading(explain.HeadingStrides))
	rows := [][]string{{"", "p50", "p90", "p99", "max", ""}}
	for _, t := range s.Strides {
		rows = append(rows, []string{
			s.Points[t.From].String() + " " + v.style.arrow + " " + s.Points[t.To].String(),
			v.duration(t.P50), v.duration(t.P90), v.duration(t.P99), v.duration(t.Max), v.voice.Packets(t.Packets),
		})
	}
	v.table(rows)
}

// duration is short, with three figures.
func (v *text) duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d %s", d.Microseconds(), v.style.micro)
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%.3g s", d.Seconds())
}

// mostWays is how many ways are listed: after these come the rare ones.
const mostWays = 12

func (v *text) ways(s *trace.Survey) {
	v.title(v.voice.Heading(explain.HeadingPaths))
	var rows [][]string
	rest := 0
	for i, p := range s.Paths {
		if i >= mostWays {
			rest += p.Packets
			continue
		}
		var names []string
		for _, at := range p.Points {
			names = append(names, s.Points[at].String())
		}
		rows = append(rows, []string{fmt.Sprintf("%9d", p.Packets), strings.Join(names, " "+v.style.arrow+" ")})
	}
	if rest > 0 {
		rows = append(rows, []string{fmt.Sprintf("%9d", rest), "…"})
	}
	v.table(rows)
}

func (v *text) losses(s *trace.Survey) {
	if len(s.Losses) == 0 {
		v.title(v.voice.Heading(explain.HeadingNoLosses))
		return
	}
	v.title(v.voice.Heading(explain.HeadingLosses))
	for i := range s.Losses {
		l := &s.Losses[i]
		v.line("  ", v.style.bad.Render(v.voice.Loss(l, s.Points[l.After].String(), s.Points[l.Never].String()))+"   "+v.voice.Packets(l.Packets))
		v.examples(l.Examples)
	}
}

func (v *text) examples(list []trace.Example) {
	for _, e := range list {
		v.line("      ", v.style.note.Render(fmt.Sprintf("#%d  %s  %s  %s %s %s",
			e.Journey, e.Time.UTC().Format("15:04:05.000000"), e.Summary, e.Source, v.style.arrow, e.Destination)))
	}
}

// table writes rows with their columns one below the other.
func (v *text) table(rows [][]string) {
	var widths []int
	for _, r := range rows {
		for i, cell := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], lipgloss.Width(cell))
		}
	}
	for _, r := range rows {
		line := ""
		for i, cell := range r {
			line += pad(cell, widths[i]) + "   "
		}
		v.line("  ", strings.TrimRight(line, " "))
	}
}
