package export

import (
	"charm.land/lipgloss/v2"

	"tracer/trace/explain"
)

// style is how the text view looks: its colours and its special characters.
// Colours only repeat what words and signs say already.
type style struct {
	explain.Signs
	plain, title, packet, changed, rule, note, bad lipgloss.Style
	bar                                            string
}

// newStyle returns the style for a terminal with or without Unicode. The
// colours are the terminal's own sixteen, which its owner has chosen to be
// readable on its background.
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
