package main

import (
	"bufio"
	"flag"
	"fmt"
	"html"
	"image/color"
	"io"
	"os"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// The size of a cell, and the space around the screen, in pixels.
const (
	cellWidth, cellHeight, fontSize, margin = 8.4, 18.0, 14.0, 12.0
)

// The default colors of text.
const (
	paper = "#16181d"
	ink   = "#d8dade"
)

func main() {
	w := flag.Int("w", 80, "columns of the screen")
	h := flag.Int("h", 24, "rows of the screen")
	flag.Parse()
	text, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = draw(os.Stdout, string(text), *w, *h)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "screens:", err)
		os.Exit(1)
	}
}

// draw writes the picture.
func draw(w io.Writer, text string, columns, rows int) error {
	out := bufio.NewWriter(w)
	width, height := float64(columns)*cellWidth+2*margin, float64(rows)*cellHeight+2*margin
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f">`+"\n", width, height, width, height)
	fmt.Fprintf(out, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", paper)
	fmt.Fprintf(out, `<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="%.0f" xml:space="preserve">`+"\n", fontSize)
	screen := uv.NewScreenBuffer(columns, rows)
	screen.Method = ansi.GraphemeWidth
	uv.NewStyledString(strings.TrimRight(text, "\n")).Draw(screen, screen.Bounds())
	for y, line := range screen.Lines {
		row(out, y, line)
	}
	fmt.Fprint(out, "</g>\n</svg>\n")
	return out.Flush()
}

// row draws the runs of equal style in one line. Each has an explicit length, so that
// columns stay aligned in any font.
func row(out io.Writer, y int, line uv.Line) {
	for x := 0; x < len(line); {
		run, cells := line[x].Content, max(1, line[x].Width)
		for x+cells < len(line) && line[x+cells].Style.Equal(&line[x].Style) {
			run += line[x+cells].Content
			cells += max(1, line[x+cells].Width)
		}
		style := &line[x].Style
		fill, back := hex(style.Fg, ink), hex(style.Bg, "")
		if style.Attrs&uv.AttrReverse != 0 {
			fill, back = paper, fill
		}
		left, length := margin+float64(x)*cellWidth, float64(cells)*cellWidth
		if back != "" {
			fmt.Fprintf(out, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", left, margin+float64(y)*cellHeight, length, cellHeight, back)
		}
		if strings.TrimSpace(run) != "" {
			weight := ""
			if style.Attrs&uv.AttrBold != 0 {
				weight = ` font-weight="bold"`
			}
			fmt.Fprintf(out, `<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" fill="%s"%s>%s</text>`+"\n",
				left, margin+float64(y)*cellHeight+fontSize-0.5, length, fill, weight, strings.ReplaceAll(html.EscapeString(run), " ", "\u00a0"))
		}
		x += cells
	}
}

// hex returns a color in HTML notation, or none if there is no color.
func hex(c color.Color, none string) string {
	if c == nil {
		return none
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
