package main

import (
	"context"
	"errors"
	"os"
	"strconv"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/tui"
)

// walk shows a trace in the terminal. It leaves one line: what was seen, and
// where the trace is. out is the directory to save to, if one was given; again
// sends the traffic once more, or is nil for a recording.
func walk(ctx context.Context, t *trace.Trace, f showFlags, out string, again func(context.Context) (*trace.Trace, error)) error {
	saved := "" // where the trace that was saved last is
	var kept *trace.Trace
	keep := func(dir string, t *trace.Trace) error {
		if _, err := save(dir, t); err != nil {
			return err
		}
		saved, kept = dir, t
		return nil
	}
	if out != "" {
		if err := keep(out, t); err != nil {
			return err
		}
	}
	voice := explain.English()
	last, err := tui.Run(ctx, t, tui.Options{
		Voice: voice, Filter: f.filter, ASCII: f.ascii, Plain: f.plain(), Again: again,
		Export: func(t *trace.Trace) (string, error) {
			dir := out
			if dir == "" {
				dir = free(t.Scenario + "-trace")
			}
			return dir, keep(dir, t)
		},
	})
	if out != "" && kept != last { // what was sent since is saved as well
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

// free returns a name that no file has: the given one, or that with a number.
func free(name string) string {
	for i := 1; ; i++ {
		numbered := name
		if i > 1 {
			numbered += "-" + strconv.Itoa(i)
		}
		if _, err := os.Lstat(numbered); errors.Is(err, os.ErrNotExist) {
			return numbered
		}
	}
}
