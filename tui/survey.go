package tui

import (
	"strings"

	"tracer/trace/explain"
)

// survey shows the summary of captures made with other programs.
func (m *model) survey(t *text) {
	for _, l := range m.language.Survey(m.trace().Survey, m.Signs) {
		style := m.plain
		switch l.Kind {
		case explain.LineHeading:
			style = m.title
		case explain.LineWarning:
			style = m.bad
		case explain.LineExample:
			style = m.dim
		}
		if l.Kind == explain.LineGap {
			t.gap()
			continue
		}
		t.add(l.Indent, span{strings.Repeat(" ", l.Indent), m.plain}, span{l.Text, style})
	}
}
