package canvas

import (
	"strings"
	"unicode/utf8"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"tracer/trace/escape"
)

// Style is the look of a cell: its colors and attributes.
type Style = uv.Style

// The attributes of a [Style]; they can be combined.
const (
	Bold    = uv.AttrBold
	Faint   = uv.AttrFaint
	Reverse = uv.AttrReverse
)

// Canvas is a grid of cells.
type Canvas struct {
	buffer *uv.Buffer
	ascii  bool
}

// New returns an empty canvas. If ascii is set, characters outside ASCII become question
// marks of the same width.
func New(w, h int, ascii bool) *Canvas {
	return &Canvas{uv.NewBuffer(max(w, 1), max(h, 1)), ascii}
}

// All returns the area of the whole canvas.
func (c *Canvas) All() Area {
	return Area{c, 0, 0, c.buffer.Width(), c.buffer.Height()}
}

// String returns the canvas as lines of text, with escape sequences for styles and without
// trailing spaces.
func (c *Canvas) String() string { return uv.TrimSpace(c.buffer.Render()) }

// set draws one character.
func (c *Canvas) set(x, y int, content string, width int, style Style) {
	c.buffer.SetCell(x, y, &uv.Cell{Content: content, Width: width, Style: style})
}

// Width returns the width of a text in cells.
func Width(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return width(s)
		}
	}
	return len(s)
}

func width(s string) (cells int) {
	for s != "" {
		var w int
		_, w, s = next(s)
		cells += w
	}
	return cells
}

// next cuts the first character off a text. For a character that cannot be drawn, or an
// invalid byte, it returns "" with a width of 1.
func next(s string) (content string, width int, rest string) {
	r, size := utf8.DecodeRuneInString(s)
	if r < ' ' || r == 0x7f || r == utf8.RuneError {
		return "", 1, s[size:]
	}
	cluster, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	if !utf8.ValidString(cluster) {
		cluster = cluster[:strings.IndexFunc(cluster, func(r rune) bool { return r == utf8.RuneError })]
		w = ansi.StringWidth(cluster)
	}
	if w == 0 || !drawn(cluster) {
		return "", 1, s[len(cluster):]
	}
	return cluster, w, s[len(cluster):]
}

// drawn reports whether a character can be drawn: it is visible, does not control the
// terminal, and does not have too many marks.
func drawn(cluster string) bool {
	const most = 8
	n := 0
	for _, r := range cluster {
		if n++; n > most || !escape.Printable(r) {
			return false
		}
	}
	return true
}
