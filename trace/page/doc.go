// Package page writes a trace as one HTML document, which any browser opens from a file,
// without a server or a network.
//
//	trace.Trace ─▶ document ─┬─ html/*.html ─▶ the document: complete, in order
//	 outline.List: the list  │
//	 explain.Account: rows   │  style/*.css ─▶ <style>   ┐ allowed by the policy (policy.go),
//	 netmap.Map: the drawing │  script/*.js ─▶ <script>  ┘ and nothing else
//	                         └─ chunks: more of the same HTML, compressed
//
// The templates render everything. Read from top to bottom, the document is the story, the
// question, the network, the packets, the rules, the connections, and the answer. Printed,
// it is a handout: the question with a drawing of the network and its addresses, and the
// answer on a page of its own.
//
// In a browser that runs scripts, the document is a walk, with the same moments, keys and
// mask as the walk in the terminal. The script has no words and no data of its own. It shows,
// hides and moves elements, guided by their attributes:
//
//	data-moment="41"       appears at this moment of the walk; see below
//	data-until="57"        disappears at this one
//	data-hits="12 41 41"   a rule: the moments at which it matched
//	data-decides="12"      a rule: the moments that are about it
//	data-by-rule           a change made by the rule of the moment before
//	data-turns="45 52"     an entry of the packet list: the packet's turning points
//	data-about="52"        an entry in a run: those that the lesson is about
//	data-run="6 12"        a row for the packets from 6 to 12, which show nothing new
//	data-listed="with"     a row that is there only with packets in the background, or without
//	data-chunk             an entry whose packet is in a chunk
//	data-same="44"         details of a stop: its frame is that of the stop which ends with this moment
//	data-place, data-hook  a place on the drawing, and a moment at which the packet is there
//	data-pane, data-show   a part of the document that scrolls by itself, and the button that shows it
//	data-key               a button that does what the key does
//
// The drawing and the sentence of the step are always in view. A wide window shows the packets, the
// steps of the current one and a pane next to each other, a narrow one a single pane (panes.go). Where
// a window is too low for that, as when it is zoomed, everything scrolls.
//
// Moments are those of package explain, numbered from 1 through the whole trace in the order
// of the walk. A link names the packet and the moment: #3.4. A row that refers to a
// later packet has another version until that one begins (later.go), as in package reveal.
//
// # Two traces
//
// [Compare] writes two traces as one document (package compare). It is one walk, too, whose moments
// are rows with two sides:
//
//	<li id="3.4" class="differs">           the fourth row of packet 3: the sides part here
//	  <div class="side" data-place="2">     what happens on side A, at this place of its drawing
//	  <div class="side none">               that side B has no such moment
//
// It has a script of its own (script/compare), with the same keys and mask. The walk begins at the
// first difference (data-begin).
//
// # Size
//
// The layers and bytes of frames take much room, and so do packets in the background, those
// that show nothing new, and those beyond the first few hundred. They are rendered by the same
// templates into [chunks] of HTML that the browser inflates when they are needed, and so are the
// rows of a long list. Without a script they are not shown, and the document says so.
//
// A chunk consists of blocks: packets, details, or rows. A line that the previous block has in
// the same place is left empty; one that occurred earlier is replaced by its number (chunk.go). Of a long list,
// the document contains only the rows in view. The chunks are made side by side, each goroutine
// with accounts of its own (teller.go).
//
// # Album
//
// Pages of a course can link to one another ([Place]), and [WriteIndex] lists them. Links are
// relative, so an album is the files in a directory, wherever that is.
//
// # Foreign text
//
// Names, rules and captured text may come from a stranger. They pass through package escape, as in
// all views, and html/template, which makes them inert wherever they stand. The document's
// policy forbids everything but its own script and style.
//
// [chunks]: https://developer.mozilla.org/docs/Web/API/DecompressionStream
package page
