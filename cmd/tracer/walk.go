package main

import (
	"context"
	"errors"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
	"tracer/tui"
)

// walk shows a trace in the terminal. It leaves one line: what was seen, and
// where the trace is. out is the directory to save to, or nil if none was given; again
// sends the traffic once more, or is nil for a recording.
func walk(ctx context.Context, t *trace.Trace, f showFlags, out results, again func(context.Context) (*trace.Trace, error)) error {
	saved := "" // where the trace that was saved last is
	var kept *trace.Trace
	keep := func(dir results, t *trace.Trace) error {
		if _, err := export.Save(dir, t, explain.English()); err != nil {
			return err
		}
		saved, kept = dir.Path(), t
		return nil
	}
	if out != nil {
		if err := keep(out, t); err != nil {
			return err
		}
	}
	voice := explain.English()
	last, err := tui.Run(ctx, t, tui.Options{
		Voice: voice, Filter: f.filter, ASCII: f.ascii, Plain: f.plain(), Again: again,
		Export: func(t *trace.Trace) (string, error) {
			if out != nil {
				return out.Path(), keep(out, t)
			}
			dir, err := newResults(t.Scenario + "-trace")
			if err != nil {
				return "", err
			}
			defer dir.Close() // what was written to it is closed
			return dir.Path(), keep(dir, t)
		},
	})
	if out != nil && kept != last { // what was sent since is saved as well
		err = errors.Join(err, keep(out, last))
	}
	if ctx.Err() != nil && err == nil {
		err = errInterrupted
	}
	if kept != last {
		saved = ""
	}
	return errors.Join(err, leave(voice.Left(last, saved, again == nil)))
}
