package tui

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"

	"tracer/trace/explain"
	"tracer/tui/internal/canvas"
	"tracer/tui/internal/painter"
)

// theme is the look of the view. Colors only repeat what words and signs say.
type theme struct {
	explain.Signs
	plain, title, dim, frame      canvas.Style
	original, reply               canvas.Style
	changed, rule, good, bad      canvas.Style
	chosen, tab, key              canvas.Style
	network                       painter.Look
	across, down, tee             string
	right, left                   string
	pencil, dead, lost, here, dot string
	resent, dash                  string
}

// shade is a color on a dark and on a light background, from the usual 256 colors. Its
// contrast with them is at least 4.5:1 (WCAG 2.2, 1.4.3).
type shade struct{ dark, light ansi.IndexedColor }

// newTheme returns the theme for a background, which may be limited to ASCII.
func newTheme(dark, ascii bool) theme {
	ink := func(s shade, attributes uint8) canvas.Style {
		var c color.Color = s.dark
		if !dark {
			c = s.light
		}
		return canvas.Style{Fg: c, Attrs: attributes}
	}
	t := theme{
		Signs:    explain.NewSigns(ascii),
		title:    canvas.Style{Attrs: canvas.Bold},
		dim:      ink(shade{247, 242}, 0),
		frame:    ink(shade{247, 242}, 0),
		original: ink(shade{81, 25}, canvas.Bold),
		reply:    ink(shade{213, 90}, canvas.Bold),
		changed:  ink(shade{220, 94}, canvas.Bold),
		rule:     ink(shade{114, 22}, 0),
		good:     ink(shade{114, 22}, 0),
		bad:      ink(shade{210, 160}, canvas.Bold),
		chosen:   canvas.Style{Attrs: canvas.Bold | canvas.Reverse},
		tab:      canvas.Style{Attrs: canvas.Bold | canvas.Reverse},
		key:      canvas.Style{Attrs: canvas.Bold},

		across: "─", down: "│", tee: "┬",
		right: "▶", left: "◀",
		pencil: "✎", dead: "✗", lost: "?", here: "▸", dot: "·", resent: "↻", dash: "–",
	}
	t.network = painter.Look{
		Corners: [4]string{"╭", "╮", "╰", "╯"}, Across: "─", Down: "│", HeavyAcross: "━", HeavyDown: "┃",
		Bends: [4]string{"╭", "╮", "╰", "╯"}, HeavyBends: [4]string{"┏", "┓", "┗", "┛"},
		Fork: "┬", Branch: "├", ForkEnd: "└",
		Port: "○", Seen: "●", Rightwards: "▶", Leftwards: "◀", Stay: "◆", Dead: "✗", Then: "›", Pencil: "✎",
	}
	if ascii {
		t.across, t.down, t.tee = "-", "|", "+"
		t.right, t.left = ">", "<"
		t.pencil, t.dead, t.here, t.dot = "*", "X", ">", "-"
		t.resent, t.dash = "=", "-"
		plus := [4]string{"+", "+", "+", "+"}
		t.network = painter.Look{
			Corners: plus, Across: "-", Down: "|", HeavyAcross: "=", HeavyDown: "#", Bends: plus, HeavyBends: [4]string{"#", "#", "#", "#"},
			Fork: "+", Branch: "+", ForkEnd: "+",
			Port: "o", Seen: "@", Rightwards: ">", Leftwards: "<", Stay: "@", Dead: "X", Then: ">", Pencil: "*",
		}
	}
	n := &t.network
	n.Frame, n.Name, n.Label, n.Address, n.Idle = t.frame, t.title, t.plain, t.dim, t.dim
	n.Changed, n.Bad = t.changed, t.bad
	return t
}

// towards returns the look of the map for a packet's direction.
func (t *theme) towards(reply bool) painter.Look {
	n := t.network
	n.Way = t.original
	if reply {
		n.Way = t.reply
	}
	n.Here = n.Way
	n.Here.Attrs |= canvas.Reverse
	return n
}
