package explain

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"tracer/trace"
	"tracer/trace/escape"
)

// Gaps lists what is missing from a trace, one line each.
func (l Language) Gaps(g trace.Gaps) []string {
	var out []string
	for _, gap := range []struct {
		n uint64
		m Message
	}{
		{g.Lost, lostFrames},
		{g.Unkept, unkeptFrames},
		{g.Steps, lostSteps},
		{g.Untraced, untracedPackets},
		{g.Events, lostEvents},
		{uint64(g.Stray), strayFrames},
		{uint64(g.Undecoded), undecodedFrames},
	} {
		if gap.n > 0 {
			out = append(out, l.Format(gap.m, gap.n))
		}
	}
	return out
}

// Unexplained lists the losses that nodes counted and no outcome explains, one line per node.
func (l Language) Unexplained(s *trace.State) (out []string) {
	for i := range s.Nodes {
		n := &s.Nodes[i]
		var counters []string
		for _, c := range n.Unexplained {
			counters = append(counters, fmt.Sprintf("%s %d", c.Counter, c.Packets))
		}
		if len(counters) > 0 {
			out = append(out, l.Format(unexplained, n.Name, strings.Join(counters, ", ")))
		}
	}
	return out
}

// Answer describes a request and its answer, escaped. A long answer is cut short.
func (a *Account) Answer(got trace.Answer) string {
	return a.Format(answer, escape.Field(got.From), escape.Field(got.URL), a.shortened(got.Text), a.Arrow)
}

// Answered is like Answer, where the request is named already.
func (a *Account) Answered(got trace.Answer) string {
	return a.Format(answered, a.shortened(got.Text), a.Arrow)
}

// shortened returns the beginning of an answer, escaped.
func (a *Account) shortened(text string) string {
	const most = 60 // characters
	begin, _, _ := strings.Cut(text, "\n")
	if r := []rune(begin); len(r) > most {
		begin = string(r[:most])
	}
	shown := escape.Field(strings.TrimSuffix(begin, "\r"))
	if begin != text {
		shown = a.Format(longAnswer, shown, utf8.RuneCountInString(text))
	}
	return shown
}

// Request describes a request, escaped, without its answer.
func (a *Account) Request(number int, r trace.Answer) string {
	m := requested
	if r.Command {
		m = commanded
	}
	return a.Format(m, number, escape.Field(r.From), escape.Field(r.URL), a.Arrow)
}

// RequestBrief is like Request, for a narrow column.
func (a *Account) RequestBrief(number int, r trace.Answer) string {
	m := requestedBrief
	if r.Command {
		m = commandedBrief
	}
	return a.Format(m, number, escape.Field(r.From), escape.Field(r.URL), a.Arrow)
}

// Tally says how many packets there are and how they ended, or, for captures, how much was
// captured.
func (l Language) Tally(t *trace.Trace) string {
	if t.Survey != nil {
		return l.surveyed(t.Survey)
	}
	all, unheard, fared := 0, 0, map[trace.OutcomeKind]int{}
	for i := range t.Journeys {
		if j := &t.Journeys[i]; !j.Background() {
			all++
			fared[j.Outcome.Kind]++
			if j.Outcome.Reason == trace.ReasonNoListener {
				unheard++
			}
		}
	}
	total, note := l.Format(packets, all), ""
	if unheard > 0 {
		note = l.Format(unheardOf, unheard)
	}
	if fared[trace.OutcomeDelivered] == all {
		return l.Format(allDelivered, total) + note
	}
	var parts []string
	for _, p := range []struct {
		n int
		m Message
	}{
		{fared[trace.OutcomeDelivered], deliveredOf}, {fared[trace.OutcomeDropped], droppedOf}, {fared[trace.OutcomeSegmented], segmentedOf},
		{all - fared[trace.OutcomeDelivered] - fared[trace.OutcomeDropped] - fared[trace.OutcomeSegmented], unseenOf},
	} {
		if p.n > 0 {
			parts = append(parts, l.Format(p.m, p.n)+note)
		}
		note = "" // only delivered packets can lack a listener
	}
	return l.Format(Headed, total, strings.Join(parts, ", "))
}

// Left returns the message shown after a walk: how the packets ended, and where the trace
// is saved. For a recording that was read from a file, the second part is omitted.
func (l Language) Left(t *trace.Trace, saved string, recording bool) string {
	s := l.Format(Headed, t.Scenario, l.Tally(t))
	switch {
	case saved != "":
		s += l.Format(savedIn, saved)
	case !recording:
		s += l.Format(notSaved)
	}
	return s
}
