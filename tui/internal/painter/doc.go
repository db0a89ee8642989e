// Package painter paints a map of package netmap on a canvas: boxes with their ports,
// cables, and on top of them the way that one packet has come.
//
//	netmap.Map ─┐
//	netmap.Way ─┼▶ Draw ─▶ canvas.Area
//	Look ───────┘
//
// Where everything stands, and which part of a large map is in view, is the map's affair.
package painter
