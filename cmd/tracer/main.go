package main

import (
	"context"
	"errors"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"tracer/sim/confine"
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
	if show, _, err := root.Find([]string{"show"}); err == nil {
		args = separated(show, args)
	}
	root.SetArgs(args)
	attach(root)
	addCompletions(root)
	cmd, err := root.ExecuteContextC(context.Background())
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	complain(meant(err))
	if hint := hintFor(cmd, err); hint != "" {
		say("try: %s", hint)
	}
	return codeFor(err)
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "tracer",
		Short: "Follow a packet through Docker's network, and see what changes it",
		Long: `tracer builds the network that Docker builds (client, host, docker0, veth pair,
container) out of real Linux network namespaces, sends real traffic through it,
and shows the path that each packet takes: every interface it was seen on, every
rule it met, and for every header field that changed, what changed it.

The "host" is a namespace too: this machine's own interfaces, routes and rules
are never touched, and nothing is left behind. Root is not needed where user
namespaces are allowed.

Exit codes: 0 success, 1 failure, 2 wrong usage or invalid file, 3 not permitted
or not supported on this machine, 4 the scenario's expectations were not met.
"tracer compare" has those of diff.`,
		Version:           version(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		Args:              verb,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(flagMistake)
	root.AddCommand(newRun(), newReplay(), newExplain(), newExport(), newCompare(), newList(), newShow(), newDoctor(), newMan())
	root.SetHelpCommand(newHelp())
	return root
}

// addCompletions adds the library's commands for completions. They write to the root
// command's output, which must be set. Their usage errors are worded here.
func addCompletions(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, shells := range root.Commands() {
		for _, c := range shells.Commands() {
			c.Args = arguments(0, 0)
		}
	}
}

// newHelp shows the help of a verb, as --help does.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show the help of a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return verb(cmd.Root(), args)
			}
			c.InitDefaultHelpFlag()
			return c.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) (names []string, _ cobra.ShellCompDirective) {
			for _, c := range cmd.Root().Commands() {
				if len(args) == 0 && c.IsAvailableCommand() {
					names = append(names, c.Name())
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}
