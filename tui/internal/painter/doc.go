// Package painter draws a network map on a canvas: boxes with ports, cables, and on top the
// path of one packet.
//
//	netmap.Map ─┐
//	netmap.Way ─┼▶ Draw ─▶ canvas.Area
//	Look ───────┘
//
// Package netmap computes the positions, and the visible part of a large map.
package painter
