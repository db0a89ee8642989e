package main

// progress shows in one line of standard error what a run is doing, if that is a terminal,
// and erases the line at the end.
type progress struct {
	shown bool
}

func newProgress() *progress { return &progress{shown: watched()} }

func (p *progress) say(s string) {
	if p.shown {
		overwrite(s + " …")
	}
}

// done erases the line for good: the walk may own the screen now.
func (p *progress) done() {
	if p.shown {
		overwrite("")
	}
	p.shown = false
}
