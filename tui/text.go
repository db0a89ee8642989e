package tui

import (
	"strings"

	"tracer/tui/internal/canvas"
)

// span is a text in one style; a line of a pane is some of them.
type span struct {
	text  string
	style canvas.Style
}

type line []span

// text is what a pane shows: lines, of which a part is in view.
type text struct {
	width  int
	lines  []line
	marked int // the line that should be in view
	kept   int // the line before which what should be in view ends; 0: with the marked one
}

// add adds a line. One that is too long is broken between words; its other parts
// are indented by so many cells.
func (t *text) add(indent int, spans ...span) {
	t.lines = append(t.lines, fold(spans, t.width, indent)...)
}

// gap adds an empty line, but not as the first, nor after another.
func (t *text) gap() {
	if n := len(t.lines); n > 0 && len(t.lines[n-1]) > 0 {
		t.lines = append(t.lines, nil)
	}
}

// fold breaks spans into lines of at most so many cells, between words where it
// can. All but the first line are indented.
func fold(spans []span, width, indent int) []line {
	indent = min(indent, width/2)
	var lines []line
	var current line
	used := 0
	end := func() {
		lines = append(lines, current)
		current, used = line{{text: strings.Repeat(" ", indent)}}, indent
	}
	for _, s := range spans {
		for i, word := range strings.SplitAfter(s.text, " ") {
			bare := strings.TrimRight(word, " ")
			if used > indent && used+canvas.Width(bare) > width && (i > 0 || used+canvas.Width(bare) > width) {
				end()
			}
			for width > used {
				head, rest := canvas.Split(bare, width-used)
				if rest == "" {
					break
				}
				current = append(current, span{head, s.style})
				end()
				bare, word = rest, word[len(head):]
			}
			if room := width - used; canvas.Width(word) > room {
				word = bare
			}
			current = append(current, span{word, s.style})
			used += canvas.Width(word)
		}
	}
	return append(lines, current)
}

// draw shows the lines from one on, and returns how many are below.
func (t *text) draw(a canvas.Area, from int) (below int) {
	for y := range min(a.H, max(0, len(t.lines)-from)) {
		x := 0
		for _, s := range t.lines[from+y] {
			x = a.Text(x, y, s.text, s.style)
		}
	}
	return max(0, len(t.lines)-from-a.H)
}

// mark notes that the line to come is what matters most; the first one counts.
func (t *text) mark() {
	if t.marked == 0 {
		t.marked = len(t.lines)
	}
}

// keep notes that what matters most goes on up to here.
func (t *text) keep() { t.kept = len(t.lines) }

// from returns from which line on to show the text, so that what matters is in view: all
// of it, with as much before it as there is room for.
func (t *text) from(room int) int {
	if t.kept == 0 {
		return keepInView(t.marked, len(t.lines), room)
	}
	return min(t.marked, max(0, t.kept-room))
}
