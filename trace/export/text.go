package export

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
	"tracer/trace/filter"
)

// TextOptions control the output of [Text].
type TextOptions struct {
	Language explain.Language // the zero Language is not valid
	ASCII    bool             // only ASCII characters
	Width    int              // of the terminal, in cells; 0: lines are not broken
	Filter   filter.Filter    // which packets are shown
	Level    explain.Level    // level of detail; 0: everything

	Unmatched bool // also the rules that did not match, and why
	Answer    bool // also the answer to the lesson's question
}

// Text writes the lesson's question and the path of every packet: where it was seen, which
// rules it met, what changed, and what changed it. Packets are grouped by request. The output
// is always colored; for a writer that cannot show colors, they must be removed. Text from
// the trace is escaped before it is measured and colored.
func Text(w io.Writer, t *trace.Trace, o TextOptions) error {
	if o.ASCII {
		w = asciiWriter{w}
	}
	answers, lesson := t.Answers, t.Lesson // these are escaped when they are written: answers are cut first, and texts have lines
	t = escape.Value(t)
	style := newStyle(o.ASCII)
	v := text{
		trace: t, answers: answers, language: o.Language, account: o.Language.Account(t, style.Signs),
		style: style, width: o.Width, level: o.Level, unmatched: o.Unmatched,
	}
	v.measure()
	v.heading(strings.ReplaceAll(t.Headline, "→", style.Arrow))
	if lesson != nil {
		v.task(lesson)
	}
	if !o.Filter.Empty() {
		v.filtered(o.Filter)
	}
	for _, g := range v.groups(o.Filter) {
		if g.title != "" {
			v.line("", v.style.title.Render(g.title))
			v.line("", "")
		}
		for _, j := range g.journeys {
			v.journey(j)
			// Whole journeys, so that no color sequence is split.
			if _, err := v.WriteTo(w); err != nil {
				return err
			}
		}
	}
	if t.Survey != nil {
		v.survey(t.Survey)
	} else {
		v.summary()
	}
	v.missing()
	if lesson != nil && o.Answer {
		v.solution(lesson)
	}
	_, err := v.WriteTo(w)
	return err
}

// text is one text view being written.
type text struct {
	bytes.Buffer
	trace    *trace.Trace // escaped
	answers  []trace.Answer
	language explain.Language
	account  *explain.Account
	style    style
	width    int

	level     explain.Level
	unmatched bool

	places, sources, destinations, times int // column widths
}

// measure determines the widths of the columns.
func (v *text) measure() {
	for i := range v.trace.Journeys {
		j := &v.trace.Journeys[i]
		if j.Background() {
			continue
		}
		for k := range j.Hops {
			h := &j.Hops[k]
			v.places = max(v.places, lipgloss.Width(h.Place()))
			v.sources = max(v.sources, len(h.Packet.Source()))
			v.destinations = max(v.destinations, len(h.Packet.Destination()))
			v.times = max(v.times, lipgloss.Width(v.account.Since(j, h)))
		}
	}
}

// roomy reports whether there is space for wide columns, and for a cause beside its
// change instead of below it.
func (v *text) roomy() bool { return v.width == 0 || v.width >= 110 }

func (v *text) heading(about string) {
	if l := v.trace.Lesson; l != nil && l.Fault != "" {
		about += "   " + v.language.Format(explain.WithFault, l.Fault)
	}
	count := v.language.Tally(v.trace)
	if v.trace.Survey == nil && v.account.Complete() {
		count += "; " + v.language.Format(explain.CaptureComplete)
	}
	left := v.style.title.Render(v.trace.Scenario) + "   " + about
	gap := 3
	if v.width > 0 {
		gap = max(gap, min(v.width, 120)-lipgloss.Width(left)-lipgloss.Width(count))
	}
	if v.width > 0 && lipgloss.Width(left)+gap+lipgloss.Width(count) > v.width {
		v.line("", left)
		v.line("", count)
	} else {
		v.line("", left+strings.Repeat(" ", gap)+count)
	}
	v.line("", "")
}

// filtered says how many packets a filter selects.
func (v *text) filtered(f filter.Filter) {
	shown, all := 0, 0
	for i := range v.trace.Journeys {
		if j := &v.trace.Journeys[i]; !j.Background() {
			all++
			if f.Match(j) {
				shown++
			}
		}
	}
	v.line("", v.style.note.Render(v.language.Format(explain.ShownOf, shown, all)))
	v.line("", "")
}

// line writes a line, broken between words at the terminal's width. Continuations are
// indented to where the text began.
func (v *text) line(prefix, s string) {
	v.broken(prefix, strings.Repeat(" ", lipgloss.Width(prefix)), s)
}

// broken writes a line with one prefix for its first part, and one for the others.
func (v *text) broken(first, others, s string) {
	for i, part := range wrap(s, v.width-lipgloss.Width(first)) {
		if i > 0 {
			first = others
		}
		v.WriteString(strings.TrimRight(first+part, " ") + "\n")
	}
}

// wrap breaks a text between words so that each part has at most this many cells. A
// longer word stays whole, and so does everything in a very narrow column.
func wrap(s string, cells int) []string {
	const narrow = 20
	if cells < narrow || lipgloss.Width(s) <= cells {
		return []string{s}
	}
	var parts []string
	var line string
	for i, word := range strings.Split(s, " ") {
		switch {
		case i == 0:
			line = word
		case lipgloss.Width(line)+1+lipgloss.Width(word) <= cells:
			line += " " + word
		default:
			parts = append(parts, strings.TrimRight(line, " "))
			line = word
		}
	}
	return append(parts, line)
}

// summary writes the requests and their answers, the counters of the nat rules, and the
// conntrack entries.
func (v *text) summary() {
	v.results(mostReplies)
	for i := range v.trace.State.Nodes {
		n := &v.trace.State.Nodes[i]
		for _, six := range []bool{false, true} {
			nat := n.Table(trace.TitleOf("nat", six))
			if nat == nil || six && !slices.ContainsFunc(nat.Chains, func(c trace.Chain) bool { return len(c.Rules) > 0 }) {
				continue
			}
			v.line("", "")
			v.line("", v.language.Format(map[bool]explain.Message{false: explain.Counters, true: explain.Counters6}[six], n.Name))
			v.counters(nat)
		}
	}
	v.connections()
}

// mostReplies is how many lines the replies to a ping take at most.
const mostReplies = 10

// results writes the requests and their answers, and the replies to pings.
func (v *text) results(most int) {
	for _, a := range v.answers {
		v.line("", v.style.title.Render(v.account.Answer(a)))
		for _, reply := range v.language.Replies(a, most) {
			v.line("  ", reply)
		}
	}
}

// missing ends the view with what was not recorded, and what is not shown.
func (v *text) missing() {
	hidden := 0
	for i := range v.trace.Journeys {
		if v.trace.Journeys[i].Background() {
			hidden++
		}
	}
	gaps := append(v.language.Gaps(v.trace.Gaps), v.language.Unexplained(&v.trace.State)...)
	if hidden > 0 || len(gaps) > 0 {
		v.line("", "")
	}
	for _, g := range gaps {
		v.line("", v.style.bad.Render(g))
	}
	if hidden > 0 {
		v.line("", v.style.note.Render(v.language.Format(explain.Hidden, hidden)))
	}
}

func (v *text) counters(nat *trace.Table) {
	width := 0
	for _, c := range nat.Chains {
		if len(c.Rules) > 0 {
			width = max(width, len(c.Name))
		}
	}
	for _, c := range nat.Chains {
		for _, r := range c.Rules {
			v.line(fmt.Sprintf("  %6d  %-*s  ", r.Packets, width, c.Name), v.style.rule.Render(r.Text))
		}
	}
}

func (v *text) connections() {
	var lines []string
	for _, f := range v.trace.Flows {
		if len(f.NAT) > 0 && f.Entry.Text != "" { // else it was discarded with its first packet
			lines = append(lines, v.language.Entry(&f.Entry))
		}
	}
	if len(lines) == 0 {
		return
	}
	slices.Sort(lines)
	v.line("", "")
	v.line("", v.language.Format(explain.Connections))
	for _, l := range lines {
		v.line("  ", l)
	}
}
