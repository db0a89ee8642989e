// Package canvas provides the canvas that the walk draws on: a grid of cells, divided into
// areas. Drawings stay within their areas.
//
//	canvas┌──────────────────────┐
//	      │ area ┌─────────┐     │   area.Text(0, 0, "long text", style)
//	      │      │long text│     │   stops at the area's edge, in whole
//	      │      └─────────┘     │   characters, however wide these are
//	      └──────────────────────┘
//
// Widths are counted in cells, per grapheme cluster (Unicode UAX #29): a Chinese character
// takes two cells, an accent none. Control characters and invisible ones (see package
// escape) never reach the terminal. They are drawn as a middle dot, or as a question mark
// on a canvas limited to ASCII.
package canvas
