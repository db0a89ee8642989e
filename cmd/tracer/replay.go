package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"tracer/trace"
	"tracer/trace/export"
)

func newReplay() *cobra.Command {
	var f showFlags
	cmd := &cobra.Command{
		Use:   "replay TRACE",
		Short: "Show a saved trace, on any system and without root",
		Long: `Shows what "tracer run" recorded. TRACE is a trace.json, the directory that --out
wrote, or - for standard input.

On a terminal it opens the walk, as "tracer run" does; elsewhere, and with --view
text, it prints every packet's way. Nothing is sent, and nothing is needed but
the file.

` + filterHelp,
		Example: `  tracer run flask-demo --out /tmp/flask
  tracer replay /tmp/flask
  tracer replay /tmp/flask/trace.json --view text --filter rewritten`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return replay(cmd.Context(), args[0], f) },
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
	t, err := readTrace(name)
	if err != nil {
		return err
	}
	if view != viewTUI {
		return print(t, f, view, out)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	return walk(ctx, t, f, "", nil)
}

// readTrace reads a trace from a file, a directory, or standard input.
func readTrace(name string) (*trace.Trace, error) {
	var r io.Reader = os.Stdin
	if name != "-" {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			name = filepath.Join(name, "trace.json")
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	t, err := export.Read(bufio.NewReader(r))
	if err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", name, err)}
	}
	return t, nil
}
