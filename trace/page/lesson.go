package page

import (
	"slices"

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
	if before := paragraphs(o.Before); !slices.Equal(before, out.Story) {
		out.Story = append(before, out.Story...)
	}
	if o.Place != nil {
		out.Faults = o.Place.Faults
	}
	return out
}
