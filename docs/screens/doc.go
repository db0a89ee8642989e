// Command screens draws a picture (SVG) of a terminal's screen. It reads the output of
// "tmux capture-pane -e -p" from standard input:
//
//	tmux capture-pane -e -p | go run ./docs/screens -w 80 -h 24 > screen.svg
//
//	the walk in tmux ─▶ escape sequences ─▶ grid of styled cells ─▶ SVG
//
// make.sh uses it to draw all pictures of the documentation.
package main
