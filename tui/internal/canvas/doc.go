// Package canvas is what the walk draws on: a canvas of cells, and areas
// of it that nothing drawn in them can leave.
//
//	canvas┌──────────────────────┐
//	      │ area ┌─────────┐     │   area.Text(0, 0, "long text", style)
//	      │      │long text│     │   stops at the area's edge, in whole
//	      │      └─────────┘     │   characters, however wide these are
//	      └──────────────────────┘
//
// Widths are counted in cells, per grapheme cluster (Unicode UAX #29), so that
// Chinese text takes two cells a character and accents none. Control
// characters and invisible ones (see package escape) never reach the terminal: they are
// drawn as a middle dot, or as a question mark on a canvas that is limited to ASCII.
package canvas
