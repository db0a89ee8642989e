package main

import (
	"fmt"
	"os"

	"golang.org/x/term"
)

// progress shows on standard error what a run is doing, if that is a terminal:
// one line, which is taken away at the end.
type progress struct {
	shown bool
}

func newProgress() *progress {
	return &progress{shown: term.IsTerminal(int(os.Stderr.Fd()))}
}

func (p *progress) say(s string) {
	if p.shown {
		fmt.Fprintf(os.Stderr, "\r\x1b[K%s …", s)
	}
}

func (p *progress) done() {
	if p.shown {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}

// quiet ends showing: the screen is another's now.
func (p *progress) quiet() { p.shown = false }
