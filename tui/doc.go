// Package tui is the walk in the terminal. It follows one packet at a time through the
// network, hop by hop: where the packet is, what just changed, and what changed it.
//
//	key ─▶ keymap ─▶ intent ─▶ model.do ─▶ model       (where the walk is)
//	                                         │ look: reveal.Upto
//	                                       scene       (what may be shown)
//	                                         │
//	           layout(w, h) ─▶ areas ─▶ draw ┴▶ canvas (how to show it)
//
// There is one model. It holds an immutable snapshot of a trace, and the position of the
// walk: a packet of the list, one of its stops, and a moment on the way there. A stop is a
// hop, or the packet's end.
//
// Keys know the whole trace, to find the next packet or turning point. Panes know only the
// scene, which is the part of the trace up to the position: so they give nothing away. Panes
// are functions that draw a part of the scene into an area of the canvas; they have no state.
//
//	last, err := tui.Run(ctx, trace, tui.Options{Language: explain.English(), Again: session.Send})
//
// Nothing moves unless the user asks for it. Playing has a fixed pace: packets take
// microseconds, but readers need time.
//
// The walk can replace its trace: traffic sent again extends it, and a fault that the user
// chooses is another run of the same lesson. Both are fetched in the background, one at a time.
//
// [Compare] walks through two traces. Each side is such a model, drawn in a column of its own or
// alone; one position, a row of the comparison, moves both (dual.go).
//
// Every sentence comes from package explain. The view does not read kernel state, and
// sends traffic only through the functions in its options.
package tui
