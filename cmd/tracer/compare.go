package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"tracer/scenarios"
	"tracer/trace"
)

// compareFlags are the flags of tracer compare.
type compareFlags struct {
	fault   string
	engines []string
	view    string
	noMask  bool
	format  string
	out     string
	color   string
	ascii   bool

	timeout   time.Duration // of runs with engines, and so is allowExec
	allowExec bool
}

// plain reports whether output has no color: with --color never, or NO_COLOR.
func (f *compareFlags) plain() bool {
	return f.color == colorNever || f.color == colorAuto && os.Getenv("NO_COLOR") != ""
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
		Use:   "compare TRACE TRACE | SCENARIO --fault NAME|--engine RELEASE",
		Short: "Find where two traces differ, and why",
		Long: `Compares two traces of a lesson: without and with a fault, with two releases of
Docker Engine, or from two runs. It pairs the requests, the packets and the
steps of each packet, and shows the way to the first difference, what happens
there on both sides, and a list of all others. Works on any system, without
root, except that --engine needs what "tracer run" needs.

TRACE is a trace.json, a pcapng file written by tracer, a directory written with
--out, - for standard input, or the name of a scenario. With --fault, the
built-in recordings of a lesson are compared: without the fault, and with it.
Scenario files have no such recordings.

With --engine, SCENARIO (or FILE.yaml) runs twice, as "tracer run" does: once
with each release or, if only one is named, with the scenario's own and with
that one. A --fault then applies to both. Engines do the same things with
different rules, so only what happens to packets is compared; different rules
with the same effect are listed.

What varies from run to run is not compared: times, ephemeral ports, hardware
addresses, names of veth interfaces, counters; nor are background packets and
the number of retransmissions. Two runs of the same lesson do not differ.

On a terminal, compare opens a walk with both traces side by side; "?" lists its
keys. Elsewhere, and with --view text, it prints text. --format and --out write
a file:

  text  for 80 columns
  json  all differences (docs/compare.md)
  html  a page for any browser: both traces side by side, step by step

Exit codes are those of diff: 0 no difference, 1 differences, 2 or more trouble.`,
		Example: `  tracer compare flask-demo --fault forward-drop
  tracer compare flask-demo --fault forward-drop --format html --out fault.html
  tracer compare direct-access --engine 20.10 --engine 29
  tracer compare flask-demo --engine 29,29-nftables
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
	f.add(cmd)
	return cmd
}

func (f *compareFlags) add(cmd *cobra.Command) {
	word(cmd, &f.view, "view", viewAuto, "`VIEW` is %s", viewAuto, viewTUI, viewText, viewJSON)
	word(cmd, &f.format, "format", "", "write `FORMAT`: %s", formatText, formatJSON, formatHTML)
	faultFlag(cmd, &f.fault, "compare a scenario without and with the fault `NAME`")
	addEngines(cmd, &f.engines)
	cmd.Flags().StringVar(&f.out, "out", "", "write to `FILE`")
	cmd.Flags().BoolVar(&f.noMask, "no-mask", false, "in the walk, show everything from the beginning")
	cmd.Flags().DurationVar(&f.timeout, "timeout", time.Minute, "end the traffic of a run after `DURATION`")
	cmd.Flags().BoolVar(&f.allowExec, "allow-exec", false, "run the scenario's programs without asking")
	addLook(cmd, &f.color, &f.ascii)
}

// inputs returns the two traces that the arguments name.
func (f *compareFlags) inputs(args []string) ([]input, error) {
	switch {
	case f.fault != "" && len(args) == 1:
		return []input{{args[0], ""}, {args[0], f.fault}}, nil
	case f.fault != "":
		return nil, mistake("--fault compares the recordings of one scenario; name only that")
	case len(args) == 1:
		return nil, mistake("missing a second trace to compare %q with, --fault or --engine", args[0])
	case args[0] == "-" && args[1] == "-":
		return nil, mistake("standard input can hold only one trace")
	}
	return []input{{args[0], ""}, {args[1], ""}}, nil
}

func compareTraces(ctx context.Context, args []string, f compareFlags) error {
	view, err := f.look()
	if err != nil {
		return err
	}
	if len(f.engines) > 0 {
		if err := f.checkEngines(args); err != nil {
			return err
		}
		return compareEngines(ctx, args[0], f, view)
	}
	names, err := f.inputs(args)
	if err != nil {
		return err
	}
	ctx, signals := obeySignals(ctx)
	defer signals.stop()
	over := signals.mayBlock()
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
	over()
	return view.show(ctx, traces, k.results, signals)
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

func (f *compareFlags) toStdout() bool { return f.out == "" || f.out == "-" }
