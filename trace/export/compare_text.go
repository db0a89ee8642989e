package export

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"

	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/escape"
	"tracer/trace/explain"
)

// mostFurther is how many differences after the first are listed.
const mostFurther = 20

// CompareText writes what two traces have in common up to their first difference, that difference with
// its cause on each side, and a list of all others. It returns the comparison. Options are those of [Text];
// only the language, the width and ASCII apply.
func CompareText(w io.Writer, a, b *trace.Trace, o TextOptions) (*compare.Comparison, error) {
	if o.ASCII {
		w = asciiWriter{w}
	}
	if o.Width <= 0 || o.Width > briefWidth {
		o.Width = briefWidth
	}
	style := newStyle(o.ASCII)
	c := compare.Traces(escape.Value(a), escape.Value(b))
	v := compareText{
		text:  text{trace: c.Traces[compare.A], language: o.Language, style: style, width: o.Width},
		words: c.Words(o.Language, style.Signs), answers: [2][]trace.Answer{a.Answers, b.Answers},
	}
	v.account = v.words.Accounts[compare.A]
	v.begin()
	v.settings()
	v.first()
	v.deciders()
	v.further()
	v.line("", "")
	v.line("", style.note.Render(v.words.Ignored()))
	_, err := v.WriteTo(w)
	return c, err
}

// compareText is one comparison being written.
type compareText struct {
	text
	words   *compare.Words
	answers [2][]trace.Answer // not escaped
}

// Beginnings of lines: of both sides, or of one.
const both = "   "

func (v *compareText) mark(s compare.Side) string { return v.style.packet.Render(s.String()) + "  " }

func (v *compareText) begin() {
	v.line("", v.style.title.Render(v.words.Title()))
	for _, s := range compare.Sides {
		v.line(v.mark(s), v.words.Side(s)+v.style.note.Render("   "+v.language.Tally(v.words.Traces[s])))
		for _, gap := range v.language.Gaps(v.words.Traces[s].Gaps) {
			v.line(both, v.style.bad.Render(gap))
		}
	}
}

// head writes the heading of a part.
func (v *compareText) head(s string) {
	v.line("", "")
	v.line("", v.style.title.Render(s))
}

// settings writes what only one side's nodes have.
func (v *compareText) settings() {
	if len(v.words.Settings) == 0 {
		return
	}
	v.head(v.language.Format(explain.CompareSetup))
	list := v.words.Settings
	if v.words.OtherEngine() {
		var counts [2]string
		counts, list = v.words.Rulesets()
		for _, s := range compare.Sides {
			if counts[s] != "" {
				v.line(v.mark(s), v.style.rule.Render(counts[s]))
			}
		}
	}
	for i := range list {
		s := &list[i]
		text, note := v.words.Setting(s)
		v.line(v.mark(s.Side), v.style.rule.Render(text))
		if note != "" {
			v.line(both+both, v.style.note.Render(note))
		}
	}
}

// first writes the first difference, and how the packet got there.
func (v *compareText) first() {
	for i := range v.words.Differences {
		if d := &v.words.Differences[i]; d.Kind == compare.KindRequest && v.paired(d) {
			v.head(v.language.Format(explain.CompareRequests))
			v.requests(d)
		}
	}
	d := v.words.First()
	if d == nil {
		v.head(v.words.Unchanged())
		return
	}
	p := &v.words.Packets[d.Packet]
	v.head(v.language.Format(explain.CompareFirstOf, v.words.Packet(p)+", "+v.words.Difference(d)))
	if d.Uncertain {
		v.line("", v.style.bad.Render(v.language.Format(explain.CompareUnsure)))
	}
	if n := v.before(d.Packet); n > 0 {
		v.line(both, v.style.note.Render(v.language.Format(explain.CompareBefore, n)))
	}
	v.way(p)
	for _, s := range compare.Sides {
		v.fact(d, p, s)
	}
}

// paired reports whether both sides have requests that a difference is about.
func (v *compareText) paired(d *compare.Difference) bool {
	q := &v.words.Requests[d.Requests]
	return len(q.Numbers[compare.A]) > 0 && len(q.Numbers[compare.B]) > 0
}

// requests writes the requests of both sides, with their answers.
func (v *compareText) requests(d *compare.Difference) {
	for _, s := range compare.Sides {
		for _, line := range v.words.Requested(d.Requests, s, v.answers[s]) {
			v.line(v.mark(s), line)
		}
	}
}

// before counts the packets before one that fare the same.
func (v *compareText) before(packet int) (n int) {
	for i := range v.words.Packets[:packet] {
		if p := &v.words.Packets[i]; p.Has(compare.A) && p.Has(compare.B) {
			n++
		}
	}
	return n
}

// way writes the way of a packet up to the first moment that differs, as on side A.
func (v *compareText) way(p *compare.Packet) {
	if !p.Has(compare.A) || !p.Has(compare.B) {
		return
	}
	j := v.words.Journey(p, compare.A)
	for _, row := range v.words.Rows(p) {
		if row.Differs {
			return
		}
		if !row.Has[compare.A] {
			continue
		}
		for _, r := range v.account.Stop(j, row.Places[compare.A].Stop) {
			ruled := r.Kind == explain.KindRule || r.Kind == explain.KindDetour
			if r.Moment == row.Places[compare.A].Moment && !(ruled && row.Rules) {
				v.step(j, &r)
			}
		}
	}
}

// step writes a row of the account.
func (v *compareText) step(j *trace.Journey, r *explain.Row) {
	switch r.Kind {
	case explain.KindHop:
		h := &j.Hops[r.Stop]
		v.line(both, fmt.Sprintf("%s %v  %s", v.style.plain.Bold(true).Render(h.Place()), h.Direction, v.packet(h)))
	case explain.KindRule, explain.KindDetour:
		v.line(both+both, v.chain(r)+v.tone(r.Tone).Render(r.Text))
	case explain.KindRewrite, explain.KindHeader:
		name := fmt.Sprintf("%-*s", fieldWidth, r.Field)
		v.line(both+both, v.tone(r.Tone).Render(name+r.Text)+"  "+v.style.note.Render(r.Note))
	}
}

// fact writes what there is on a side of a difference, and how the packet ended.
func (v *compareText) fact(d *compare.Difference, p *compare.Packet, s compare.Side) {
	j := v.words.Journey(p, s)
	if j == nil {
		v.line(v.mark(s), v.style.note.Render(v.language.Format(explain.CompareNothing)))
		return
	}
	prefix := v.mark(s)
	if d.Kind != compare.KindPacket {
		text, note := v.words.Fact(d, s)
		v.line(prefix, v.style.changed.Render(text))
		if note != "" {
			v.line(both+both, v.style.note.Render(note))
		}
		if d.Facts[s].Ends() {
			return
		}
		prefix = both + both
		v.line(prefix, v.ended(j, v.language.Format(explain.CompareThen, v.language.Outcome(j))))
		return
	}
	v.line(prefix, v.account.Ends(j)+"   "+v.ended(j, v.language.Outcome(j)))
}

// deciders writes which rules of two engines have the same effect.
func (v *compareText) deciders() {
	list := v.words.Deciders()
	if len(list) == 0 {
		return
	}
	v.head(v.language.Format(explain.CompareDeciders))
	for i := range list {
		v.line(both, v.words.Decided(&list[i]))
		for _, s := range compare.Sides {
			for _, rule := range v.words.Decider(&list[i], s) {
				v.line(both+v.mark(s), v.style.rule.Render(rule))
			}
		}
	}
}

// ended styles the end of a packet.
func (v *compareText) ended(j *trace.Journey, text string) string {
	if j.Outcome.Lost() || j.Outcome.Reason == trace.ReasonNoListener {
		return v.style.bad.Render(text)
	}
	return v.style.rule.Render(text)
}

// further lists the other differences, each in one line.
func (v *compareText) further() {
	first, n := v.words.First(), 0
	var lines [][2]string
	for i := range v.words.Differences {
		d := &v.words.Differences[i]
		if d == first || d.Kind == compare.KindRequest && v.paired(d) {
			continue
		}
		if n++; n <= mostFurther {
			lines = append(lines, v.brief(d)...)
		}
	}
	if n == 0 {
		return
	}
	v.head(v.language.Format(explain.CompareFurther, n))
	width := 0
	for _, l := range lines {
		width = max(width, lipgloss.Width(l[0]))
	}
	for _, l := range lines {
		v.line(both+pad(l[0], min(width, briefWidth/2))+"  ", l[1])
	}
	if n > mostFurther {
		v.line(both, v.language.Format(explain.CompareMore, n-mostFurther))
	}
}

// brief describes a difference in one line, and what was asked in one for each request.
func (v *compareText) brief(d *compare.Difference) (lines [][2]string) {
	what := v.words.Difference(d)
	if d.Uncertain {
		what += " (" + v.language.Format(explain.CompareUnsureBrief) + ")"
	}
	if d.Packet >= 0 {
		return [][2]string{{v.words.Packet(&v.words.Packets[d.Packet]), what}}
	}
	for _, s := range compare.Sides {
		for _, line := range v.words.Requested(d.Requests, s, v.answers[s]) {
			lines = append(lines, [2]string{cmp.Or(what, both), s.String() + "  " + strings.TrimSpace(line)})
			what = ""
		}
	}
	return lines
}
