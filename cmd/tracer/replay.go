package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/export"
	"tracer/trace/savefile"
)

func newReplay() *cobra.Command {
	var f showFlags
	cmd := &cobra.Command{
		Use:   "replay TRACE",
		Short: "Show a saved trace, on any system and without root",
		Long: `Shows what "tracer run" recorded. TRACE is a trace.json, a pcapng of tracer's, the
directory that --out wrote, or - for standard input; or the name of a scenario, of
each of which there is a recording.

On a terminal it opens the walk, as "tracer run" does; elsewhere, and with --view
text, it prints every packet's way. Nothing is sent, and nothing is needed but
the file.

` + filterHelp,
		Example: `  tracer replay flask-demo
  tracer run flask-demo --out /tmp/flask
  tracer replay /tmp/flask
  tracer replay /tmp/flask/trace.json --view text --filter rewritten`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeScenario,
		RunE:              func(cmd *cobra.Command, args []string) error { return replay(cmd.Context(), args[0], f) },
	}
	f.add(cmd)
	return cmd
}

func replay(ctx context.Context, name string, f showFlags) error {
	view, err := chooseView(f.view)
	if err != nil {
		return err
	}
	out, err := newOutput(f.color, f.ascii)
	if err != nil {
		return err
	}
	ctx, signals := obeySignals(ctx)
	defer signals.stop()
	over := signals.mayBlock()
	t, broken := readTrace(name)
	if t == nil {
		return broken
	}
	// What could be read is shown, and then the error said.
	if view != viewTUI {
		return cmp.Or(print(t, f, view, out), broken)
	}
	over()
	return cmp.Or(walk(ctx, t, f, "", &local{}, nil), broken)
}

// readTrace reads a trace from a file, a directory, standard input, or the
// recording of a scenario. What could be read comes with the error.
func readTrace(name string) (*trace.Trace, error) {
	in, err := openTrace(name)
	if err != nil {
		return nil, err
	}
	defer in.Close() // it is only read from
	t, err := export.ReadFile(in)
	switch {
	case errors.Is(err, savefile.ErrNoAttachment):
		return nil, captureError{fileError{fmt.Errorf("%s is a capture, and has no trace in it", name)}}
	case err != nil:
		return t, fileError{fmt.Errorf("%s: %w", name, err)}
	}
	return t, nil
}

// captureError is a capture where a trace was asked for.
type captureError struct{ fileError }

func (e captureError) Unwrap() error { return e.fileError }

func openTrace(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return os.Open(filepath.Join(name, "trace.json"))
	case err == nil:
		return os.Open(name)
	case errors.Is(err, os.ErrNotExist) && !strings.ContainsAny(name, "./\\"):
		r, err := scenarios.Recording(name)
		if err != nil {
			return nil, fmt.Errorf("no file of that name, and %w", err)
		}
		return io.NopCloser(r), nil
	}
	return nil, err
}
