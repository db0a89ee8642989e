package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/sim/confine"
	"tracer/sim/permit"
	"tracer/trace/escape"
)

// The exit codes, as documented in the help of the command.
const (
	exitFailed       = 1 // something went wrong
	exitUsage        = 2 // wrong arguments, or an invalid file
	exitNotPermitted = 3 // not allowed, or not possible, on this machine
	exitUnmet        = 4 // the scenario's expectations were not met
)

// memoryLimit is the soft memory limit in bytes. Recordings and traces within their limits
// need less; see trace/export/limits.go and trace/live/room.go.
const memoryLimit = 448 << 20

func main() {
	confine.Main()
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	os.Exit(run(os.Args[1:]))
}

// run executes the command line and returns the exit code.
func run(args []string) int {
	root := newRoot()
	root.SetArgs(args)
	attach(root)
	err := root.ExecuteContext(context.Background())
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	complain(err)
	if hint := hintFor(err); hint != "" {
		say("try: %s", hint)
	}
	return codeFor(err)
}

// exitCode is an error that has been told to the user already.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// errInterrupted is what a signal that asks to stop makes of a run.
var errInterrupted = errors.New("interrupted")

// usageError is a mistake on the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// fileError is a file that cannot be read as what it should be.
type fileError struct{ error }

func (e fileError) Unwrap() error { return e.error }

func codeFor(err error) int {
	var usage usageError
	var file fileError
	switch {
	case errors.Is(err, errProgramsNotAllowed), errors.Is(err, sim.ErrReadOnly), errors.Is(err, sim.ErrPrivilege), errors.Is(err, sim.ErrNotSupported), errors.Is(err, errors.ErrUnsupported):
		return exitNotPermitted
	case errors.As(err, &usage), errors.As(err, &file), errors.Is(err, sim.ErrInvalid), errors.Is(err, scenarios.ErrUnknown), errors.Is(err, scenarios.ErrNoFault), errors.Is(err, os.ErrNotExist):
		return exitUsage
	}
	return exitFailed
}

// hintFor returns the one command that would help, or nothing.
func hintFor(err error) string {
	var usage usageError
	var capture captureError
	var programs programsError
	switch {
	case errors.As(err, &programs):
		return "tracer show " + escape.Quote(programs.name)
	case errors.Is(err, sim.ErrReadOnly):
		e := permit.Look()
		_ = errors.As(err, &e.Sysctls) // Look asked outside the lab; this is the lab's answer
		r := e.Remedy(e.Parameters(), quotedArgs())
		return cmp.Or(r.Command, r.Otherwise)
	case errors.Is(err, sim.ErrPrivilege), errors.Is(err, sim.ErrNotSupported):
		return labHint()
	case errors.Is(err, scenarios.ErrUnknown):
		return "tracer list"
	case errors.Is(err, scenarios.ErrNoFault):
		return "tracer show SCENARIO"
	case errors.As(err, &capture):
		return "tracer explain FILE"
	case errors.As(err, &usage):
		return "tracer --help"
	}
	return ""
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "tracer",
		Short: "Follow a packet through Docker's network, and see who changes it",
		Long: `tracer builds the network that Docker builds (client, host, docker0, veth pair,
container) out of real Linux network namespaces, sends real traffic through it,
and shows each packet's way: every interface it was seen on, every rule it met,
and for every header field that changed, who changed it.

The "host" is a namespace too: this machine's own interfaces, routes and rules
are never touched, and nothing is left behind. Root is not needed where user
namespaces are allowed.

Exit codes: 0 ok, 1 failed, 2 wrong usage or invalid file, 3 not permitted or
not supported on this machine, 4 the scenario's expectations were not met.`,
		Version:           version(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		Args:              cobra.NoArgs,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newRun(), newReplay(), newExplain(), newExport(), newList(), newShow(), newDoctor(), newMan())
	for _, c := range append(root.Commands(), root) {
		c.Args = usage(c.Args)
	}
	return root
}

// usage makes what an argument check finds an error of usage.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{fmt.Errorf("%s: %w", cmd.CommandPath(), err)}
		}
		return nil
	}
}
