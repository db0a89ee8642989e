package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/tui"
)

// walk shows a trace in the terminal. It leaves one line: what was seen, and
// where the trace is.
func walk(ctx context.Context, s *scenarios.Scenario, t *trace.Trace, f runFlags, again func(context.Context) (*trace.Trace, error)) error {
	voice := explain.English()
	saved := "" // where the trace that is shown has been written
	if f.out != "" {
		if _, err := save(f.out, t, voice); err != nil {
			return err
		}
		saved = f.out
	}
	shown := t
	last, err := tui.Run(ctx, t, tui.Options{
		Voice: voice, Heading: heading(s, f.ascii), Filter: f.filter, ASCII: f.ascii, Plain: f.color == "never",
		Again: again,
		Export: func(t *trace.Trace) (string, error) {
			dir := f.out
			if dir == "" {
				dir = free(t.Scenario + "-trace")
			}
			if _, err := save(dir, t, voice); err != nil {
				return "", err
			}
			saved, shown = dir, t
			return dir, nil
		},
	})
	if f.out != "" && last != shown { // what was sent since is saved as well
		_, saveErr := save(f.out, last, voice)
		err = errors.Join(err, saveErr)
	}
	if ctx.Err() != nil && err == nil {
		err = errInterrupted
	}
	fmt.Fprintln(os.Stdout, voice.Left(last, saved))
	return err
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
