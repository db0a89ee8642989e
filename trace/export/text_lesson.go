package export

import (
	"slices"
	"strings"

	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
	"tracer/trace/filter"
)

// task writes the story and the question, which open the view.
func (v *text) task(l *trace.Lesson) {
	v.writtenFor(l)
	if l.Story != "" {
		v.paragraphs(l.Story)
		v.line("", "")
	}
	if l.Question != "" {
		v.section(explain.HeadQuestion, l.Question)
		v.line("", "")
	}
}

// writtenFor says which engine a lesson is about, if the run has another one.
func (v *text) writtenFor(l *trace.Lesson) {
	if l.WrittenFor != "" {
		v.line("", v.style.note.Render(v.language.Format(explain.WrittenFor, escape.Field(l.WrittenFor))))
		v.line("", "")
	}
}

// solution writes the answer and the misconception, which end the view on request.
func (v *text) solution(l *trace.Lesson) {
	if l.Answer != "" {
		v.line("", "")
		v.section(explain.HeadAnswer, l.Answer)
	}
	if l.Refutes != "" {
		v.line("", "")
		v.section(explain.HeadRefutes, l.Refutes)
	}
}

func (v *text) section(head explain.Message, s string) {
	v.line("", v.style.packet.Render(v.language.Format(head)))
	v.paragraphs(s)
}

// paragraphs writes the author's text. The bar distinguishes it from the rest of the view.
func (v *text) paragraphs(s string) {
	bar := v.style.note.Render(v.style.bar) + " "
	for line := range strings.SplitSeq(escape.Text(s), "\n") {
		v.broken(bar, bar, line)
	}
}

// group is the selected packets of one request.
type group struct {
	title    string // empty: none
	journeys []*trace.Journey
}

// groups returns the selected packets by request, in the order of their numbers; those of
// no request come last. A request has a group even if it sent nothing, unless packets are
// filtered. A single group has no title.
func (v *text) groups(f filter.Filter) []group {
	var all group
	by := make([]group, len(v.answers)+1)
	assigned := false
	for i := range v.trace.Journeys {
		j := &v.trace.Journeys[i]
		if assigned = assigned || j.Request > 0; !j.Background() && f.Match(j) {
			all.journeys = append(all.journeys, j)
			by[j.Request].journeys = append(by[j.Request].journeys, j)
		}
	}
	if len(v.answers) < 2 || !assigned { // or the trace does not say which is whose
		return []group{all}
	}
	for i, a := range v.answers {
		by[i+1].title = v.account.Request(i+1, a)
	}
	by[0].title = v.language.Format(explain.NoRequest)
	others := by[0].title
	return slices.DeleteFunc(append(by[1:], by[0]), func(g group) bool {
		return len(g.journeys) == 0 && (!f.Empty() || g.title == others)
	})
}
