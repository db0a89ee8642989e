package main

// progress shows on standard error what a run is doing, if that is a terminal:
// one line, which is taken away at the end.
type progress struct {
	shown bool
}

func newProgress() *progress { return &progress{shown: watched()} }

func (p *progress) say(s string) {
	if p.shown {
		overwrite(s + " …")
	}
}

func (p *progress) done() {
	if p.shown {
		overwrite("")
	}
}

// quiet ends showing: the screen is another's now.
func (p *progress) quiet() { p.shown = false }
