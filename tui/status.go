package tui

import (
	"slices"
	"strconv"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/tui/internal/canvas"
)

// backgroundSign marks the numbers of background packets; others have #.
const backgroundSign = "b"

// sign returns a packet's number for lists.
func sign(j *trace.Journey) string {
	if j.Background() {
		return backgroundSign + strconv.Itoa(-j.ID)
	}
	return "#" + strconv.Itoa(j.ID)
}

// status draws the last line: a question, an answer or the keys, and the position of the
// walk.
func (m *model) status(a canvas.Area) {
	if m.prompt != nil {
		m.prompt.draw(a, " "+m.language.Format(m.prompt.label), &m.theme)
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
	case m.doing != "":
		left.Text(1, 0, canvas.Cut(m.doing, room-1, a.Dots()), m.changed)
	case m.note != "":
		style := m.changed
		if m.failed {
			style = m.bad
		}
		left.Text(1, 0, canvas.Cut(m.note, room-1, a.Dots()), style)
	case m.playing:
		left.Text(1, 0, m.language.Format(explain.LabelPlaying, m.pace.Seconds()), m.changed)
	default:
		m.briefKeys(left)
	}
}

// briefKeys names the most important keys that fit.
func (m *model) briefKeys(a canvas.Area) {
	offered := brief
	if l := m.recorded.Lesson; m.list.len() > 0 && !m.trace().Ongoing && m.masked && l != nil && l.Answer != "" { // at the end of the walk
		offered = append([]intent{showAnswer}, brief...)
	}
	if len(m.options.Faults) > 0 {
		offered = append(slices.Clip(offered), chooseFault)
	}
	if m.staged {
		offered = slices.Insert(slices.Clone(offered), 2, toggleStage)
	}
	m.listKeys(a, offered, keysOf)
}

// listKeys names the keys of intents that fit, the first ones above all, in the order of the help.
func (m *model) listKeys(a canvas.Area, offered []intent, keysOf func(intent) (rank int, keys string, l explain.Message)) {
	type entry struct {
		rank       int
		keys, what string
	}
	var chosen []entry
	used := 1
	for _, i := range offered {
		rank, keys, label := keysOf(i)
		if i == nextEvent && m.layout.tabs && !m.column {
			label = explain.KeyNextEventBrief
		}
		e := entry{rank, m.signs(keys), m.language.Format(label)}
		if width := canvas.Width(e.keys) + 1 + canvas.Width(e.what); used+width <= a.W {
			chosen = append(chosen, e)
			used += width + 2
		}
	}
	slices.SortFunc(chosen, func(a, b entry) int { return a.rank - b.rank })
	x := 1
	for _, e := range chosen {
		x = a.Text(x, 0, e.keys+" ", m.key)
		x = a.Text(x, 0, e.what, m.dim) + 2
	}
}

// signs replaces arrow keys with words if only ASCII is allowed.
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
		case '⇧':
			out += "shift+"
		default:
			out += string(r)
		}
	}
	return out
}

// drawHelp lists the keys of bindings, in one or two columns.
func (m *model) drawHelp(a canvas.Area, bindings []binding) {
	a = m.section(a, m.language.Format(explain.LabelHelp))
	var lines []*binding
	for i := range bindings {
		if bindings[i].line != "" {
			lines = append(lines, &bindings[i])
		}
	}
	rows, width := len(lines), a.W
	if rows > a.H {
		rows, width = (len(lines)+1)/2, a.W/2
	}
	keys := 10
	if m.options.ASCII { // "tab shift+tab"
		keys = 14
	}
	for i, b := range lines {
		column := a.Sub(i/rows*width, i%rows, width, 1)
		shown := b.Help().Key
		if opposite := b.Help().Desc; opposite != "" {
			shown += " " + opposite
		}
		column.Text(1, 0, pad(m.signs(shown), keys), m.key)
		column.Text(keys+2, 0, canvas.Cut(m.language.Format(b.line), column.W-keys-2, a.Dots()), m.plain)
	}
}
