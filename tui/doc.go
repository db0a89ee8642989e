// Package tui is the walk in the terminal. It follows one packet at a time through the
// network, hop by hop: where the packet is, what just changed, and what changed it.
//
//	key ─▶ keymap ─▶ intent ─▶ model.do ─▶ model      (what to show)
//	                                         │
//	           layout(w, h) ─▶ areas ─▶ draw ┴▶ canvas (how to show it)
//
// There is one model. It holds an immutable snapshot of a trace, and the position of the
// walk: a packet of the list, and one of its stops. A stop is a hop, or the end of a packet
// that did not simply arrive. Panes are functions that draw a part of the model into an
// area of the canvas; they have no state.
//
//	last, err := tui.Run(ctx, trace, tui.Options{Language: explain.English(), Again: session.Send})
//
// Nothing moves unless the user asks for it. Playing has a fixed pace: packets take
// microseconds, but readers need time.
//
// Every sentence comes from package explain. The view does not read kernel state, and sends
// traffic only through the function in its options.
package tui
