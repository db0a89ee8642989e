package main

import (
	"context"
	"errors"

	"tracer/trace"
	"tracer/tui"
)

// walk shows a trace in the terminal, and then prints one line: a summary, and where the
// trace is saved. out is the directory to save to, or "".
func walk(ctx context.Context, t *trace.Trace, f showFlags, out string, r results, from source) error {
	saved := "" // the directory of the last saved trace
	var kept *trace.Trace
	keep := func(t *trace.Trace) (dir string, err error) {
		if dir = out; dir != "" {
			_, err = save(r, t)
		} else {
			dir, err = saveNew(r, t)
		}
		if err == nil {
			saved, kept = dir, t
		}
		return dir, err
	}
	if out != "" {
		if _, err := keep(t); err != nil {
			return err
		}
	}
	last, err := tui.Run(ctx, t, tui.Options{
		Language: language(), Filter: f.filter, ASCII: f.ascii || !utf8Locale(), Plain: f.plain(), NoMask: f.noMask,
		Again: from.again, With: from.with, Faults: from.faults, Export: keep,
	})
	if out != "" && kept != last { // traffic was sent, or a fault was chosen, after saving
		_, unsaved := keep(last)
		err = errors.Join(err, unsaved)
	}
	if ctx.Err() != nil && err == nil {
		err = errInterrupted
	}
	if kept != last {
		saved = ""
	}
	return errors.Join(err, leave(language().Left(last, saved, from.again == nil)))
}
