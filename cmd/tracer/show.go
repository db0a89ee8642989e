package main

import (
	"strings"

	"github.com/spf13/cobra"

	"tracer/sim/confine"
	"tracer/trace/export"
	tools "tracer/trace/listing"
)

// showLook is how show prints.
type showLook struct {
	color string
	ascii bool
}

func newShow() *cobra.Command {
	var look showLook
	var answer bool
	var fault, engine string
	cmd := &cobra.Command{
		Use:   "show [flags] SCENARIO|FILE.yaml|TRACE [NODE COMMAND...]",
		Short: "Show a scenario, or a node as iptables, ip or docker would",
		Long: `With one argument, shows a scenario's network, rules and story without running
it.

With a trace, a node and a command, prints what the command would have printed
on that node when the recording ended. TRACE is a trace.json, a pcapng file
written by tracer, a directory written with --out, - for standard input, or the
name of a scenario: each has a built-in recording, and one with each of its
faults. Flags of tracer come before NODE. The commands are

  ` + strings.Join(tools.Commands(""), "\n  "),
		Example: `  tracer show flask-demo
  tracer show flask-demo host iptables -t nat -nvL
  tracer show flask-demo flask ip -s link
  tracer show flask-demo --fault forward-drop host iptables -nvL
  tracer show /tmp/flask host docker ps`,
		Args:              arguments(1, -1),
		ValidArgsFunction: completeListing,
		RunE: func(cmd *cobra.Command, args []string) error {
			words := args[1:]
			switch {
			case len(words) == 0:
				return showScenario(cmd, args[0], fault, engine, look, answer)
			case engine != "":
				return mistake("--engine is for a scenario that is shown as a whole; a recording has the engine with which it was made")
			case answer:
				return mistake("--answer is for a scenario that is shown as a whole; %q is a node", words[0])
			case len(words) == 1:
				return mistake("missing command after %q; supported are those of %s", words[0], listedAll(tools.Programs()))
			}
			return list(cmd, args[0], fault, words, look)
		},
	}
	cmd.Flags().BoolVar(&answer, "answer", false, "also show the answer")
	addFault(cmd, &fault)
	addEngine(cmd, &engine)
	addLook(cmd, &look.color, &look.ascii)
	return cmd
}

// showScenario shows a scenario before it is run.
func showScenario(cmd *cobra.Command, name, fault, engine string, look showLook, answer bool) error {
	out, err := newOutput(look.color)
	if err != nil {
		return err
	}
	_, signals := obeySignals(cmd.Context())
	defer signals.stop()
	defer signals.mayBlock()()
	text, directory, err := scenarioText(name)
	if directory != nil {
		_ = directory.Close() // nothing runs
	}
	if err != nil {
		return err
	}
	if entered, err := demoted(confine.Second{Input: text}, signals); entered || err != nil {
		return err
	}
	s, err := parseFor(name, text, engine)
	if err == nil {
		s, err = withFault(s, fault)
	}
	if err != nil {
		return err
	}
	return export.Scenario(out, s, language(), answer, look.ascii)
}
