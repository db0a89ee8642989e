package tui

import (
	"context"
	"sync"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"tracer/trace"
	"tracer/trace/explain"
)

// Options say what the walk can do, and how it looks.
type Options struct {
	Language explain.Language // the zero Language is not valid
	Filter   string           // of the packets, to begin with; see package filter
	ASCII    bool             // no character outside of ASCII
	Plain    bool             // no colours
	Light    bool             // the background is taken to be light until the terminal says what it is
	Mouse    bool             // the mouse is on from the beginning

	// Again sends the traffic once more and returns a trace that holds the one
	// before, and what is new. Nil: there is no network.
	Again func(context.Context) (*trace.Trace, error)
	// Export writes a trace to files and returns where. Nil: it cannot.
	Export func(*trace.Trace) (where string, err error)

	ctx    context.Context
	beside *sync.WaitGroup // calls of Again
}

// Run shows a trace on the terminal until the user leaves or ctx ends. It returns
// the trace that was shown last: a longer one than it was given, if traffic was
// sent again. The terminal is as before when it returns, also after a panic,
// which is then an error.
func Run(ctx context.Context, t *trace.Trace, o Options) (*trace.Trace, error) {
	sending, cancel := context.WithCancel(ctx)
	o.ctx, o.beside = sending, new(sync.WaitGroup)
	m := newModel(t, o)
	with := []tea.ProgramOption{tea.WithoutSignalHandler()}
	if o.Plain {
		with = append(with, tea.WithColorProfile(colorprofile.ASCII))
	}
	p := tea.NewProgram(m, with...)
	// As the key q does it. To give the program the context would kill it: it then
	// lets go of the terminal while something may still be reading from it.
	stop := context.AfterFunc(ctx, p.Quit)
	_, err := p.Run()
	stop()
	cancel()
	o.beside.Wait() // Again is not called any more, nor runs, when Run returns
	return m.recorded, err
}
