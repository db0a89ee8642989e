package export

import (
	"charm.land/lipgloss/v2"

	"tracer/trace/explain"
)

// style is the look of the text view: its colors and its special characters. Colors only
// repeat what words and symbols already say.
type style struct {
	explain.Signs
	plain, title, packet, changed, rule, note, bad lipgloss.Style
	bar                                            string
}

// newStyle returns the style for a terminal with or without Unicode. The colors are the
// terminal's own sixteen, which its owner has chosen to be readable on its background.
func newStyle(ascii bool) style {
	plain := lipgloss.NewStyle()
	s := style{
		Signs:   explain.NewSigns(ascii),
		plain:   plain,
		title:   plain.Bold(true),
		packet:  plain.Bold(true).Foreground(lipgloss.Cyan),
		changed: plain.Bold(true).Foreground(lipgloss.Yellow),
		rule:    plain.Foreground(lipgloss.Green),
		note:    plain.Faint(true),
		bad:     plain.Bold(true).Foreground(lipgloss.Red),
		bar:     "│",
	}
	if ascii {
		s.bar = "|"
	}
	return s
}
