package main

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"
)

func newReplay() *cobra.Command {
	var f showFlags
	var fault string
	cmd := &cobra.Command{
		Use:   "replay TRACE",
		Short: "Show a saved trace, on any system and without root",
		Long: `Shows what "tracer run" recorded. TRACE is a trace.json, a pcapng file written
by tracer, a directory written with --out, - for standard input, or the name of
a scenario: each has a built-in recording, and one with each of its faults.

On a terminal, replay opens the walk, like "tracer run". Elsewhere, and with
--view text, it prints the path that each packet takes. It sends nothing and
needs nothing but the file.

` + filterHelp,
		Example: `  tracer replay flask-demo
  tracer replay flask-demo --fault forward-drop
  tracer replay flask-demo --brief
  tracer run flask-demo --out /tmp/flask
  tracer replay /tmp/flask
  tracer replay /tmp/flask/trace.json --view text --filter rewritten`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeScenario,
		RunE:              func(cmd *cobra.Command, args []string) error { return replay(cmd.Context(), args[0], fault, f) },
	}
	f.add(cmd)
	addRecordedFault(cmd, &fault)
	return cmd
}

func replay(ctx context.Context, name, fault string, f showFlags) error {
	look, err := f.look()
	if err != nil {
		return err
	}
	ctx, signals := obeySignals(ctx)
	defer signals.stop()
	over := signals.mayBlock()
	in, err := openTrace(name, fault)
	if err != nil {
		return err
	}
	defer in.Close() // it is only read from
	k := &keeper{results: newResults("")}
	defer k.close()
	if entered, err := in.demoted(k.handlers(), signals); entered || err != nil {
		return err
	}
	t, broken := in.read()
	if t == nil {
		return broken
	}
	// Show what could be read, then report the error.
	if look.view != viewTUI {
		return cmp.Or(print(t, f, look), broken)
	}
	over()
	return cmp.Or(walk(ctx, t, f, "", k.results, in.source()), broken)
}
