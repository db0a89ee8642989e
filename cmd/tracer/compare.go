package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/export"
	"tracer/trace/page"
)

// compareFlags are the flags of tracer compare.
type compareFlags struct {
	fault  string
	format string
	out    string
	color  string
	ascii  bool
}

// The exit codes of tracer compare, which are those of diff.
const (
	exitDiffer  = 1
	exitTrouble = 2
)

// troubleError means that two traces could not be compared.
type troubleError struct{ error }

func (e troubleError) Unwrap() error { return e.error }

func newCompare() *cobra.Command {
	var f compareFlags
	cmd := &cobra.Command{
		Use:   "compare TRACE TRACE | SCENARIO --fault NAME",
		Short: "Find where two traces differ, and why",
		Long: `Compares two recordings of a lesson: without and with a fault, or two runs. It
pairs the requests, the packets and the steps of each packet, and shows the way
to the first difference, what happens there on both sides, and a list of all
others. Works on any system, and needs no root.

TRACE is a trace.json, a pcapng file written by tracer, a directory written with
--out, - for standard input, or the name of a scenario. With --fault, the
built-in recordings of a scenario are compared: without the fault, and with it.

What varies from run to run is not compared: times, ephemeral ports, hardware
addresses, names of veth interfaces, counters; nor are background packets and
the number of retransmissions. Two runs of the same lesson do not differ.

  text  for 80 columns
  json  all differences (docs/compare.md)
  html  a page for any browser: both traces side by side, step by step

Exit codes are those of diff: 0 no difference, 1 differences, 2 or more trouble.`,
		Example: `  tracer compare flask-demo --fault forward-drop
  tracer compare flask-demo --fault forward-drop --format html --out fault.html
  tracer run flask-demo --out /tmp/flask
  tracer compare flask-demo /tmp/flask`,
		Args:              arguments(1, 2),
		ValidArgsFunction: completeScenario,
		RunE: func(cmd *cobra.Command, args []string) error {
			err := compareTraces(cmd.Context(), args, f)
			var code exitCode
			if err != nil && !errors.As(err, &code) && codeFor(err) == exitFailed {
				return troubleError{err}
			}
			return err
		},
	}
	word(cmd, &f.format, "format", formatText, "`FORMAT` is %s", formatText, formatJSON, formatHTML)
	faultFlag(cmd, &f.fault, "compare a scenario without and with the fault `NAME`")
	cmd.Flags().StringVar(&f.out, "out", "", "write to `FILE`")
	addLook(cmd, &f.color, &f.ascii)
	return cmd
}

// inputs returns the two traces that the arguments name.
func (f *compareFlags) inputs(args []string) ([]input, error) {
	switch {
	case f.fault != "" && len(args) == 1:
		return []input{{args[0], ""}, {args[0], f.fault}}, nil
	case f.fault != "":
		return nil, mistake("--fault compares the recordings of one scenario; name only that")
	case len(args) == 1:
		return nil, mistake("missing a second trace to compare %q with, or --fault", args[0])
	case args[0] == "-" && args[1] == "-":
		return nil, mistake("standard input can hold only one trace")
	}
	return []input{{args[0], ""}, {args[1], ""}}, nil
}

func compareTraces(ctx context.Context, args []string, f compareFlags) error {
	write, err := f.writer()
	if err != nil {
		return err
	}
	names, err := f.inputs(args)
	if err != nil {
		return err
	}
	_, signals := obeySignals(ctx)
	defer signals.stop()
	defer signals.mayBlock()()
	in, err := f.openBoth(names)
	if err != nil {
		return err
	}
	defer in.Close() // only read
	k := &keeper{results: newResults(f.out)}
	defer k.close()
	if entered, err := in.demoted(k.handlers(), signals); entered || err != nil {
		return err
	}
	var traces [2]*trace.Trace
	for i := range traces {
		if traces[i], err = in[i].read(); err != nil { // a part of a trace would seem to differ
			return err
		}
	}
	var c *compare.Comparison
	fill := func(w io.Writer) (err error) {
		c, err = write(w, traces[0], traces[1])
		return err
	}
	if err := f.save(fill, k.results); err != nil {
		return err
	}
	if !c.Equal() {
		return exitCode(exitDiffer)
	}
	return nil
}

// openBoth opens both traces. With --fault, the first is a recording, too, whatever files there are.
func (f *compareFlags) openBoth(names []input) (traceFiles, error) {
	if f.fault == "" {
		return openTraces(names...)
	}
	if _, err := scenarios.Recording(names[1].name, f.fault); err != nil {
		return nil, err
	}
	base := &traceFile{name: names[0].name}
	if err := base.recorded(""); err != nil {
		return nil, err
	}
	with := &traceFile{name: names[1].name}
	return traceFiles{base, with}, with.recorded(f.fault)
}

// writer returns the function that compares two traces and writes the result.
func (f *compareFlags) writer() (func(io.Writer, *trace.Trace, *trace.Trace) (*compare.Comparison, error), error) {
	o := export.TextOptions{Language: language(), ASCII: f.ascii}
	switch f.format {
	case formatText:
		out, err := newOutput(f.color)
		o.Width = out.width
		if err != nil {
			return nil, err
		}
		return func(w io.Writer, a, b *trace.Trace) (*compare.Comparison, error) {
			if f.toStdout() {
				w = out
			} else {
				w = plainWriter(w)
			}
			return export.CompareText(w, a, b, o)
		}, nil
	case formatJSON:
		return func(w io.Writer, a, b *trace.Trace) (*compare.Comparison, error) {
			return export.CompareJSON(w, a, b, language())
		}, nil
	case formatHTML:
		if f.toStdout() && shown() {
			return nil, forFile(f.format)
		}
		return func(w io.Writer, a, b *trace.Trace) (*compare.Comparison, error) {
			return page.Compare(w, a, b, page.Options{Language: language()})
		}, nil
	}
	return nil, oneOf("format", f.format, formatText, formatJSON, formatHTML)
}

func (f *compareFlags) toStdout() bool { return f.out == "" || f.out == "-" }

func (f *compareFlags) save(fill func(io.Writer) error, r results) error {
	if f.toStdout() {
		return fill(stdoutRaw())
	}
	return r.file(fill)
}
