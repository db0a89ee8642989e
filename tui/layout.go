package tui

// rect is a part of the screen, in cells.
type rect struct{ x, y, w, h int }

func (r rect) has(x, y int) bool { return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h }

// The smallest usable terminal, and the sizes from which there is room for more.
const (
	leastWidth, leastHeight = 60, 16
	panedWidth, panedHeight = 80, 24  // packets, hops and a pane at once
	broadWidth              = 110     // the packets have their own column
	vastWidth, vastHeight   = 170, 36 // rules and conntrack, too
)

// comparedHeight is the height of the headers before and after: a heading, the names of the
// columns, five fields that every reader looks at, and one more.
const comparedHeight = 8

// layout is the arrangement of a screen. A rectangle without height is not shown. The first
// row of each is its heading.
type layout struct {
	title, network, status rect
	packets, hops, detail  rect
	side                   rect // a second pane, on vast screens
	compared               rect // headers before and after, there
	tabs                   bool // one pane at a time
	small                  bool // the screen is too small
}

// newLayout divides a screen, unless it is too small.
func newLayout(w, h, network int, tables bool) layout {
	if w < leastWidth || h < leastHeight {
		return layout{small: true}
	}
	return divided(w, h, network, tables)
}

// divided divides a screen, or a column of one. network is the height of the network in rows. tables is
// whether the side pane needs room for tables.
func divided(w, h, network int, tables bool) layout {
	l := layout{title: rect{0, 0, w, 1}, status: rect{0, h - 1, w, 1}}
	if w < panedWidth || h < panedHeight {
		l.tabs = true
		l.network = rect{0, 1, w, 3}
		l.detail = rect{0, 4, w, h - 5}
		return l
	}
	// The network gets the rows it needs, up to two fifths.
	l.network = rect{0, 1, w, min(network+1, h*2/5)}
	y := l.network.y + l.network.h
	rest := h - 1 - y
	switch {
	case w >= vastWidth && h >= vastHeight:
		left, right := w/5, w*3/10
		if tables {
			right = w * 9 / 20
		}
		l.packets = rect{0, y, left, rest}
		middle := w - left - right - 2
		l.hops = rect{left + 1, y, middle, min(rest/3, 12)}
		l.detail = rect{left + 1, y + l.hops.h, middle, rest - l.hops.h}
		if l.detail.h >= comparedHeight+12 {
			l.compared = rect{left + 1, y + l.hops.h, middle, comparedHeight}
			l.detail.y, l.detail.h = l.detail.y+comparedHeight, l.detail.h-comparedHeight
		}
		l.side = rect{w - right, y, right, rest}
	case w >= broadWidth:
		left := w * 3 / 10
		l.packets = rect{0, y, left, rest}
		l.hops = rect{left + 1, y, w - left - 1, min(rest*2/5, 8)}
		l.detail = rect{left + 1, y + l.hops.h, w - left - 1, rest - l.hops.h}
	default:
		left := w * 2 / 5
		rows := min(rest*2/5, 7)
		l.packets = rect{0, y, left, rows}
		l.hops = rect{left + 1, y, w - left - 1, rows}
		l.detail = rect{0, y + rows, w, rest - rows}
	}
	return l
}
