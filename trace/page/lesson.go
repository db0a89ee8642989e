package page

import (
	"strings"
	"unicode/utf8"

	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
)

// lesson is the author's texts, as paragraphs.
type lesson struct {
	Story, Question, Answer, Refutes []string
	Fault                            string
	Faults                           []Link
}

func newLesson(t *trace.Trace, o Options) *lesson {
	from := t.Lesson
	if from == nil {
		return nil
	}
	out := &lesson{Story: paragraphs(from.Story), Question: paragraphs(from.Question), Answer: paragraphs(from.Answer), Refutes: paragraphs(from.Refutes)}
	if from.Fault != "" {
		out.Fault = o.Language.Format(explain.FaultOf, escape.Field(from.Fault), escape.Field(from.FaultTitle))
	}
	if o.Place != nil {
		out.Faults = o.Place.Faults
	}
	return out
}

// paragraphs returns the paragraphs of an author's text. Where the author has only broken lines
// that were full, the browser is free to break them elsewhere. Other lines, such as commands, are kept.
func paragraphs(s string) (list []string) {
	s = strings.TrimSpace(escape.Text(s))
	if s == "" {
		return nil
	}
	full := 0
	for line := range strings.SplitSeq(s, "\n") {
		full = max(full, utf8.RuneCountInString(line))
	}
	for p := range strings.SplitSeq(s, "\n\n") {
		if lines := strings.Split(p, "\n"); broken(lines, full) {
			p = strings.Join(lines, " ")
		}
		list = append(list, p)
	}
	return list
}

// broken reports whether the next word had no room on any of the lines but the last.
func broken(lines []string, full int) bool {
	for i, line := range lines[1:] {
		word, _, _ := strings.Cut(line, " ")
		if word == "" || utf8.RuneCountInString(lines[i]+" "+word) <= full {
			return false
		}
	}
	return true
}
