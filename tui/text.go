package tui

import (
	"strings"

	"tracer/tui/internal/canvas"
)

// span is a text in one style. A line consists of spans.
type span struct {
	text  string
	style canvas.Style
}

type line []span

// text is the content of a pane: lines, some of which are in view.
type text struct {
	width  int
	lines  []line
	marked int // the first line that should be in view
	kept   int // the line after the last one that should be in view; 0: only the marked line
}

// add adds a line. If it is too long, it is broken between words, and its other parts are
// indented.
func (t *text) add(indent int, spans ...span) {
	t.lines = append(t.lines, fold(spans, t.width, indent)...)
}

// gap adds an empty line, except at the beginning or after another one.
func (t *text) gap() {
	if n := len(t.lines); n > 0 && len(t.lines[n-1]) > 0 {
		t.lines = append(t.lines, nil)
	}
}

// fold breaks spans into lines of at most width cells, between words if possible. All but
// the first line are indented.
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

// draw draws the lines from an index on, and returns how many are below the area.
func (t *text) draw(a canvas.Area, from int) (below int) {
	for y := range min(a.H, max(0, len(t.lines)-from)) {
		x := 0
		for _, s := range t.lines[from+y] {
			x = a.Text(x, y, s.text, s.style)
		}
	}
	return max(0, len(t.lines)-from-a.H)
}

// mark marks the next line as the one to keep in view. Only the first call counts.
func (t *text) mark() {
	if t.marked == 0 {
		t.marked = len(t.lines)
	}
}

// point replaces the blank at the beginning of a line with a sign.
func (t *text) point(at int, sign span) {
	l := t.lines[at]
	if len(l) == 0 || !strings.HasPrefix(l[0].text, " ") {
		return
	}
	rest := append(line{sign, {l[0].text[1:], l[0].style}}, l[1:]...)
	t.lines[at] = rest
}

// keep marks the end of the lines to keep in view.
func (t *text) keep() { t.kept = len(t.lines) }

// from returns the first line to show, so that the marked lines are in view, with as many
// lines before them as fit.
func (t *text) from(room int) int {
	if t.kept == 0 {
		return keepInView(t.marked, len(t.lines), room)
	}
	return min(t.marked, max(0, t.kept-room))
}
