package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/export"
	"tracer/trace/live"
	"tracer/tui"
)

// source is where the walk gets more traces from.
type source struct {
	again  func(context.Context) (*trace.Trace, error) // nil without a network
	with   func(ctx context.Context, fault string, progress func(string)) (*trace.Trace, error)
	faults []tui.Fault
}

// source returns the lab as a source. For a fault, it is rebuilt.
func (r *recorder) source() source {
	again := func(ctx context.Context) (*trace.Trace, error) { return r.send(ctx, r.session) }
	return source{again, r.rebuild, faultsOf(r.base)}
}

// rebuild records the scenario with a fault, or without any, in another lab. That lab
// replaces the present one, which remains if something goes wrong.
func (r *recorder) rebuild(ctx context.Context, fault string, progress func(string)) (*trace.Trace, error) {
	s, err := withFault(r.base, fault)
	if err != nil {
		return nil, err
	}
	session, err := live.Open(ctx, s, live.Options{Progress: progress})
	if err != nil {
		return nil, err
	}
	t, err := r.send(ctx, session)
	if err != nil {
		return nil, errors.Join(err, session.Close())
	}
	former := r.session
	r.session = session
	return t, former.Close()
}

// source returns the recordings of the scenario that the trace is a recording of. The user's
// own file has none.
func (f *traceFile) source() source {
	s, err := scenarios.Load(f.scenario)
	if f.scenario == "" || err != nil {
		return source{}
	}
	with := func(_ context.Context, fault string, _ func(string)) (*trace.Trace, error) {
		in, err := scenarios.Recording(s.Name, fault)
		if err != nil {
			return nil, err
		}
		return export.ReadFile(in)
	}
	return source{with: with, faults: faultsOf(s)}
}

func faultsOf(s *scenarios.Scenario) (list []tui.Fault) {
	for _, f := range s.Faults {
		list = append(list, tui.Fault{Name: f.Name, Title: f.Title})
	}
	return list
}

// withFault returns a scenario with a fault or, for "", as it is.
func withFault(s *scenarios.Scenario, fault string) (*scenarios.Scenario, error) {
	if fault == "" {
		return s, nil
	}
	return s.WithFault(fault)
}

// addFault adds the flag for a scenario's fault. Shells complete its values.
func addFault(cmd *cobra.Command, fault *string) {
	faultFlag(cmd, fault, "apply the fault `NAME`; tracer list names them")
}

// addRecordedFault is addFault for verbs that only read.
func addRecordedFault(cmd *cobra.Command, fault *string) {
	faultFlag(cmd, fault, "use the recording with the fault `NAME`")
}

func faultFlag(cmd *cobra.Command, fault *string, about string) {
	cmd.Flags().StringVar(fault, "fault", "", about)
	_ = cmd.RegisterFlagCompletionFunc("fault", func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 1 {
			if s, err := scenarios.Load(args[0]); err == nil {
				return faultNames(s), cobra.ShellCompDirectiveNoFileComp
			}
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}) // the flag exists
}
