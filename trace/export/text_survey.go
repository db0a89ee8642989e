package export

import (
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
)

// survey writes a survey of captures.
func (v *text) survey(s *trace.Survey) {
	for _, l := range v.language.Survey(s, v.style.Signs) {
		text := l.Text
		switch l.Kind {
		case explain.LineHeading:
			text = v.style.title.Render(text)
		case explain.LineWarning:
			text = v.style.bad.Render(text)
		case explain.LineExample:
			text = v.style.note.Render(text)
		}
		v.line(strings.Repeat(" ", l.Indent), text)
	}
}
