// Package tui is the walk in the terminal: a network, one packet on it, where it
// is, what just changed and who did it, one hop at a time.
//
//	key ─▶ keymap ─▶ intent ─▶ model.do ─▶ model      (what is to be shown)
//	                                         │
//	           layout(w, h) ─▶ areas ─▶ draw ┴▶ canvas (how it is shown)
//
// There is one model. It holds a snapshot of a trace, which nothing changes, and
// where in it the walk is: a packet of the list and one of its stops. A stop is a
// hop, or the end of a packet that did not simply arrive. Panes are functions
// that draw a part of the model into an area of the canvas; they keep nothing.
//
//	err := tui.Run(ctx, trace, tui.Options{Language: explain.English(), Again: session.Send})
//
// Nothing moves unless it is asked to, and playing has a fixed pace: a packet
// takes microseconds, its walk as long as it takes to read.
//
// Every sentence comes from package explain. The view reads no kernel state, and
// what the network does again is done by the function that it was given.
package tui
