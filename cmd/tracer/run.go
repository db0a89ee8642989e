package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/trace"
	"tracer/trace/expect"
	"tracer/trace/explain"
	"tracer/trace/export"
	"tracer/trace/live"
)

// runFlags are the flags of tracer run.
type runFlags struct {
	view  string
	out   string
	ascii bool
	color string
}

var views = []string{"auto", "text", "json"}

func newRun() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run SCENARIO|FILE.yaml",
		Short: "Build a scenario's network, send its traffic, show what happened",
		Long: `Builds the scenario's network in namespaces of its own, sends its traffic,
follows every packet, and takes the network down again. SCENARIO is a name from
"tracer list"; FILE.yaml is a scenario of your own.

The result goes to standard output, all else to standard error. Colours are used
on a terminal, unless NO_COLOR is set. If what the scenario says must be seen
was not seen, the exit code is 4.`,
		Example: `  tracer run flask-demo
  tracer run flask-demo --out /tmp/flask
  tracer run flask-demo --view json | jq '.journeys[].summary'
  tracer run ./mine.yaml`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeScenario,
		RunE:              func(cmd *cobra.Command, args []string) error { return runScenario(cmd.Context(), args[0], f) },
	}
	cmd.Flags().StringVar(&f.view, "view", "auto", "how to show it: auto, text or json")
	cmd.Flags().StringVar(&f.out, "out", "", "also write trace.json and a pcap per interface to `DIR`")
	cmd.Flags().StringVar(&f.color, "color", "auto", "colours: auto, always or never")
	cmd.Flags().BoolVar(&f.ascii, "ascii", false, "use no characters outside of ASCII")
	return cmd
}

func runScenario(ctx context.Context, name string, f runFlags) error {
	if !slices.Contains(views, f.view) {
		return usageError{fmt.Errorf("--view %q is none of %s", f.view, strings.Join(views, ", "))}
	}
	out, err := newOutput(f.color, f.ascii)
	if err != nil {
		return err
	}
	s, err := scenarios.Load(name)
	if err != nil {
		return err
	}
	if !sim.Privileged() {
		code, err := sim.Enter()
		if err == nil && code != 0 {
			err = exitCode(code)
		}
		return err
	}
	// Not earlier: until here a signal may end this process at once, since there
	// is nothing to clean up; and Enter passes on those that come to it.
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	progress := newProgress()
	t, err := live.Run(ctx, s, live.Options{Progress: progress.say})
	progress.done()
	if err != nil && ctx.Err() != nil {
		err = errInterrupted
	}
	if t == nil {
		return err
	}
	// What was recorded is saved and shown also when the run was cut short.
	if err := errors.Join(err, deliver(s, t, f, out)); err != nil {
		return err
	}
	return check(s, t)
}

// deliver writes the result where it was asked for.
func deliver(s *scenarios.Scenario, t *trace.Trace, f runFlags, out output) error {
	voice := explain.English()
	if f.out != "" {
		written, err := export.Save(f.out, t, voice)
		giveToCaller(f.out, written)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "wrote %d files to %s\n", len(written), f.out)
	}
	if f.view == "json" {
		return export.JSON(os.Stdout, t, voice)
	}
	arrow := "→"
	if f.ascii {
		arrow = "->"
	}
	return export.Text(out, t, export.TextOptions{
		Voice: voice, Heading: s.Headline(arrow), ASCII: f.ascii, Width: out.width,
	})
}

// check reports the expectations that a complete run did not meet.
func check(s *scenarios.Scenario, t *trace.Trace) error {
	unmet := expect.Check(s, t)
	for _, u := range unmet {
		fmt.Fprintf(os.Stderr, "tracer: not as %s expects (line %d): %s\n", s.Name, u.Line, u.Text)
	}
	if len(unmet) > 0 {
		return exitCode(exitUnmet)
	}
	return nil
}

func completeScenario(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return scenarios.Names(), cobra.ShellCompDirectiveDefault
}
