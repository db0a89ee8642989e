package canvas

import "strings"

// Area is a rectangle of a canvas. Drawings are cut off at its edges.
type Area struct {
	canvas     *Canvas
	x, y, W, H int
}

// Sub returns a part of the area, limited to the area.
func (a Area) Sub(x, y, w, h int) Area {
	x0, y0 := clamp(x, 0, a.W), clamp(y, 0, a.H)
	return Area{a.canvas, a.x + x0, a.y + y0, clamp(x+w, x0, a.W) - x0, clamp(y+h, y0, a.H) - y0}
}

func clamp(n, least, most int) int { return min(max(n, least), most) }

// Text draws a text from a cell on, and returns the cell after it. It stops at the first
// character that does not fit completely.
func (a Area) Text(x, y int, s string, style Style) int {
	for s != "" {
		content, w, rest := next(s)
		if c := s[0]; c >= ' ' && c < 0x7f && (len(s) == 1 || s[1] < 0x80) {
			content, w, rest = s[:1], 1, s[1:]
		}
		if x+w > a.W {
			break
		}
		switch {
		case content == "" && a.canvas.ascii:
			content = "?"
		case content == "":
			content = "·"
		case a.canvas.ascii && (len(content) > 1 || content[0] >= 0x80):
			for range w - 1 {
				a.put(x, y, "?", 1, style)
				x++
			}
			content, w = "?", 1
		}
		a.put(x, y, content, w, style)
		x, s = x+w, rest
	}
	return x
}

func (a Area) put(x, y int, content string, w int, style Style) {
	if x >= 0 && y >= 0 && y < a.H {
		a.canvas.set(a.x+x, a.y+y, content, w, style)
	}
}

// Line draws a text and fills the rest of the row in the same style. A text that is too
// long ends in an ellipsis.
func (a Area) Line(y int, s string, style Style) {
	s = Cut(s, a.W, a.Dots())
	x := a.Text(0, y, s, style)
	a.Text(x, y, strings.Repeat(" ", max(0, a.W-x)), style)
}

// Dots returns the ellipsis.
func (a Area) Dots() string {
	if a.canvas.ascii {
		return "..."
	}
	return "…"
}

// Fill fills the area with a character that is one cell wide.
func (a Area) Fill(s string, style Style) {
	row := strings.Repeat(s, a.W)
	for y := range a.H {
		a.Text(0, y, row, style)
	}
}

// Cut shortens a text to a number of cells. A shortened text ends in dots.
func Cut(s string, cells int, dots string) string {
	if Width(s) <= cells {
		return s
	}
	room := cells - Width(dots)
	if room < 0 {
		return ""
	}
	used := 0
	for rest := s; rest != ""; {
		_, w, after := next(rest)
		if used+w > room {
			return s[:len(s)-len(rest)] + dots
		}
		used, rest = used+w, after
	}
	return s
}

// Wrap breaks a text between words into lines of at most the given number of cells. Longer
// words are broken anywhere.
func Wrap(s string, cells int) []string {
	if cells < 1 {
		return nil
	}
	var lines []string
	line, used := "", 0
	for i, word := range strings.Split(s, " ") {
		w := Width(word)
		if i > 0 && used+1+w <= cells {
			line, used = line+" "+word, used+1+w
			continue
		}
		if i > 0 {
			lines = append(lines, line)
		}
		for head, rest := Split(word, cells); rest != ""; head, rest = Split(word, cells) {
			lines = append(lines, head)
			word = rest
		}
		line, used = word, Width(word)
	}
	return append(lines, line)
}

// Split cuts a text after a number of cells, but takes at least one character.
func Split(s string, cells int) (head, rest string) {
	used := 0
	for rest = s; rest != ""; {
		_, w, after := next(rest)
		if used > 0 && used+w > cells {
			break
		}
		used, rest = used+w, after
	}
	return s[:len(s)-len(rest)], rest
}
