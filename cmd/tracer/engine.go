package main

import (
	"github.com/spf13/cobra"

	"tracer/scenarios"
)

// addEngine adds the flag for the release of Docker Engine. Shells complete its values.
func addEngine(cmd *cobra.Command, engine *string) {
	cmd.Flags().StringVar(engine, "engine", "", "with Docker `RELEASE`: "+listed(scenarios.Releases()))
	_ = cmd.RegisterFlagCompletionFunc("engine", cobra.FixedCompletions(scenarios.Releases(), cobra.ShellCompDirectiveNoFileComp)) // the flag exists
}

// parseFor reads a scenario that is to run with an engine or, for "", with its own.
func parseFor(name string, text []byte, engine string) (*scenarios.Scenario, error) {
	if engine != "" {
		if err := oneOf("engine", engine, scenarios.Releases()...); err != nil {
			return nil, err
		}
	}
	s, err := scenarios.ParseOn(name, text, engine)
	if err == nil && engine != "" && len(s.Engines) == 0 {
		return nil, mistake("--engine %s is for scenarios with containers, and %s has none", engine, name)
	}
	return s, err
}

// unchecked says why a run's expectations were not checked, if it was not the engine of the
// scenario.
func unchecked(s *scenarios.Scenario) {
	if s.WrittenFor != "" {
		say("tracer: the expectations of %s are for Docker %s, so they were not checked", s.Name, s.WrittenFor)
	}
}
