package tui

import (
	"fmt"
	"strconv"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/tui/internal/canvas"
)

func number(j *trace.Journey) string { return "#" + strconv.Itoa(j.ID) }

// status draws the last line: a question, an answer, or the keys; and where the
// walk is.
func (m *model) status(a canvas.Area) {
	if m.prompt != nil {
		m.prompt.draw(a, " "+m.voice.Label(m.prompt.label), &m.theme)
		return
	}
	right := ""
	if m.list.len() > 0 {
		right = m.position() + " "
	}
	room := a.W - canvas.Width(right) - 2
	a.Text(a.W-canvas.Width(right), 0, right, m.dim)
	left := a.Sub(0, 0, room, 1)
	switch {
	case m.sending:
		left.Text(1, 0, m.voice.Label(explain.LabelSending), m.changed)
	case m.note != "":
		style := m.changed
		if m.failed {
			style = m.bad
		}
		left.Text(1, 0, canvas.Cut(m.note, room-1, a.Dots()), style)
	case m.playing:
		left.Text(1, 0, m.voice.Label(explain.LabelPlaying, m.pace.Seconds()), m.changed)
	default:
		m.briefKeys(left)
	}
}

// briefKeys names the keys that are used most, as many as there is room for.
func (m *model) briefKeys(a canvas.Area) {
	x := 1
	for _, i := range brief {
		keys, label := keysOf(i)
		what := m.voice.Label(label)
		keys = m.signs(keys)
		if x+canvas.Width(keys)+1+canvas.Width(what) > a.W {
			continue
		}
		x = a.Text(x, 0, keys+" ", m.key)
		x = a.Text(x, 0, what, m.dim) + 2
	}
}

// signs writes the arrows of keys in words, where there are only ASCII
// characters.
func (m *model) signs(keys string) string {
	if !m.options.ASCII {
		return keys
	}
	out := ""
	for _, r := range keys {
		switch r {
		case '→':
			out += "right"
		case '←':
			out += "left"
		case '↑':
			out += "up"
		case '↓':
			out += "down"
		default:
			out += string(r)
		}
	}
	return out
}

// drawHelp lists all keys, in one or two columns.
func (m *model) drawHelp(a canvas.Area) {
	a = m.section(a, m.voice.Label(explain.LabelHelp))
	rows, width := len(keymap), a.W
	if rows > a.H {
		rows, width = (len(keymap)+1)/2, a.W/2
	}
	for i := range keymap {
		b := &keymap[i]
		column := a.Sub(i/rows*width, i%rows, width, 1)
		column.Text(2, 0, fmt.Sprintf("%-10s", m.signs(b.Help().Key)), m.key)
		column.Text(13, 0, canvas.Cut(m.voice.Label(b.label), column.W-13, a.Dots()), m.plain)
	}
}
