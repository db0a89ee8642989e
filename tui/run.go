package tui

import (
	"context"
	"sync"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"tracer/trace"
	"tracer/trace/explain"
)

// Options configure the walk.
type Options struct {
	Language explain.Language // the zero Language is not valid
	Filter   string           // the initial filter; see package filter
	ASCII    bool             // no characters outside ASCII
	Plain    bool             // no colors
	Light    bool             // assume a light background until the terminal reports it
	Mouse    bool             // the mouse is initially on
	NoMask   bool             // show everything from the beginning, not only what the walk has reached

	// Again sends the traffic once more. It returns the former trace with the new
	// packets added. It is nil without a network.
	Again func(context.Context) (*trace.Trace, error)
	// With returns the trace of the same lesson with one of the faults, or without any
	// (""). From then on, Again sends the traffic with that fault. With may take some time;
	// meanwhile, it reports its progress. It can return a trace and an error. It is nil
	// without faults.
	With   func(ctx context.Context, fault string, progress func(string)) (*trace.Trace, error)
	Faults []Fault
	// Export writes a trace to files and returns their place. It is nil if it is not
	// possible.
	Export func(*trace.Trace) (where string, err error)

	ctx      context.Context
	beside   *sync.WaitGroup // running calls of Again and With
	progress func(string)    // of With
}

// Run shows a trace on the terminal until the user quits or ctx ends. It returns the trace
// shown last: a longer one than t if traffic was sent again, another one if a fault was
// chosen. It always restores the terminal, even after a panic, which it returns as an error.
func Run(ctx context.Context, t *trace.Trace, o Options) (*trace.Trace, error) {
	sending, cancel := context.WithCancel(ctx)
	o.ctx, o.beside = sending, new(sync.WaitGroup)
	m := newModel(t, o)
	begin := func(p *tea.Program) { m.options.progress = func(s string) { p.Send(progressMsg(s)) } }
	err := run(ctx, m, o, begin)
	cancel()
	o.beside.Wait() // no call of Again or With outlives Run
	return m.recorded, err
}

// run shows a model on the terminal until it quits or ctx ends. begin is called before it starts.
func run(ctx context.Context, m tea.Model, o Options, begin func(*tea.Program)) error {
	with := []tea.ProgramOption{tea.WithoutSignalHandler()}
	if o.Plain {
		with = append(with, tea.WithColorProfile(colorprofile.ASCII))
	}
	p := tea.NewProgram(m, with...)
	begin(p)
	// Quit as the key q does. With the context, the program would be killed instead, and
	// would release the terminal while something may still be reading from it.
	stop := context.AfterFunc(ctx, p.Quit)
	_, err := p.Run()
	stop()
	return err
}
