package page

import (
	"slices"

	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/explain"
)

// bothLessons is the authors' texts for two traces.
type bothLessons struct {
	Story, Question []sideText
	Answer          []sideAnswer
}

// sideText is the text of a side, or of both, without a letter.
type sideText struct {
	Letter string
	Text   []string
}

type sideAnswer struct {
	sideText
	Refutes []string
	Fault   string
}

func newBothLessons(a, b *trace.Trace, l explain.Language) *bothLessons {
	var of [2]lesson
	for s, t := range [2]*trace.Trace{a, b} {
		if x := newLesson(t, Options{Language: l}); x != nil {
			of[s] = *x
		}
	}
	out := &bothLessons{Story: sideTexts(of[compare.A].Story, of[compare.B].Story), Question: sideTexts(of[compare.A].Question, of[compare.B].Question)}
	for _, s := range compare.Sides {
		x := sideAnswer{sideText{s.String(), of[s].Answer}, of[s].Refutes, of[s].Fault}
		if len(x.Text)+len(x.Refutes) == 0 && x.Fault == "" {
			continue
		}
		if first := out.Answer; len(first) > 0 && x.same(&first[0]) {
			first[0].Letter = ""
			continue
		}
		out.Answer = append(out.Answer, x)
	}
	if len(out.Story)+len(out.Question)+len(out.Answer) == 0 {
		return nil
	}
	return out
}

func (x *sideAnswer) same(y *sideAnswer) bool {
	return slices.Equal(x.Text, y.Text) && slices.Equal(x.Refutes, y.Refutes) && x.Fault == y.Fault
}

// sideTexts returns the texts of both sides, or one if they are equal.
func sideTexts(a, b []string) (list []sideText) {
	if slices.Equal(a, b) {
		if len(a) > 0 {
			list = append(list, sideText{"", a})
		}
		return list
	}
	for s, text := range [2][]string{a, b} {
		if len(text) > 0 {
			list = append(list, sideText{compare.Side(s).String(), text})
		}
	}
	return list
}
