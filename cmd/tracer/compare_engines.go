package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"tracer/scenarios"
	"tracer/sim/confine"
	"tracer/trace"
)

// addEngines adds the flag for two releases of Docker Engine. Shells complete its values.
func addEngines(cmd *cobra.Command, engines *[]string) {
	cmd.Flags().StringSliceVar(engines, "engine", nil, "run with two `RELEASES`: "+listed(scenarios.Releases()))
	_ = cmd.RegisterFlagCompletionFunc("engine", cobra.FixedCompletions(scenarios.Releases(), cobra.ShellCompDirectiveNoFileComp)) // the flag exists
}

// checkEngines returns an error unless the arguments and flags are those of a scenario that runs with
// two engines.
func (f *compareFlags) checkEngines(args []string) error {
	switch {
	case len(args) > 1:
		return mistake("--engine runs one scenario; name only that")
	case len(f.engines) > 2:
		return mistake("--engine names %d releases; only two can be compared", len(f.engines))
	case f.timeout <= 0:
		return mistake("--timeout %s must be positive", f.timeout)
	}
	return nil
}

// compareEngines runs a scenario with two engines, one after the other, and compares the traces.
func compareEngines(ctx context.Context, name string, f compareFlags, v compareView) error {
	text, directory, err := scenarioText(name)
	if directory != nil {
		defer directory.Close() // it is only read from
	}
	if err != nil {
		return err
	}
	k := &keeper{results: newResults(f.out)}
	defer k.close()
	entered, err := confined(confine.Second{Input: text, Directory: directory, Handlers: k.handlers()})
	if entered || err != nil {
		return err
	}
	both, err := f.onEngines(name, text)
	if err != nil {
		return err
	}
	ctx, signals := obeySignals(ctx)
	defer signals.stop()
	if err := consent(ctx, name, both[0], f.allowExec); err != nil {
		return err
	}
	var traces [2]*trace.Trace
	for i, s := range both {
		r := recorder{flags: runFlags{timeout: f.timeout}, signals: signals}
		t, err := r.record(ctx, s)
		if err := errors.Join(err, r.close()); err != nil { // a part of a trace would seem to differ
			return err
		}
		traces[i] = t
	}
	return v.show(ctx, traces, k.results, signals)
}

// onEngines reads a scenario twice: for the two engines or, if only one is named, for its own
// and that one. A fault applies to both.
func (f *compareFlags) onEngines(name string, text []byte) (both [2]*scenarios.Scenario, err error) {
	engines := f.engines
	if len(engines) == 1 {
		engines = []string{"", engines[0]}
	}
	for i := range both {
		base, err := parseFor(name, text, engines[i])
		if err != nil {
			return both, err
		}
		if engines[0] == "" && i == 1 && base.WrittenFor == "" {
			return both, mistake("%s already runs with Docker %s; name another release, or two", base.Name, engines[i])
		}
		if both[i], err = withFault(base, f.fault); err != nil {
			return both, err
		}
	}
	return both, nil
}
