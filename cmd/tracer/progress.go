package main

// progress shows what a run is doing in one line of standard error, if that is a terminal,
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

// done erases the line and shows nothing more: the walk may own the screen now.
func (p *progress) done() {
	if p.shown {
		overwrite("")
	}
	p.shown = false
}
