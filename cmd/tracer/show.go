package main

import (
	"github.com/spf13/cobra"

	"tracer/sim/confine"
	"tracer/trace/export"
)

func newShow() *cobra.Command {
	var ascii, answer bool
	var color, fault string
	cmd := &cobra.Command{
		Use:   "show SCENARIO|FILE.yaml",
		Short: "Show a scenario's network, rules and story without running it",
		Args:  arguments(1, 1),

		ValidArgsFunction: completeScenario,
		RunE: func(cmd *cobra.Command, args []string) error {
			out, err := newOutput(color)
			if err != nil {
				return err
			}
			_, signals := obeySignals(cmd.Context())
			defer signals.stop()
			over := signals.mayBlock()
			defer over()
			text, directory, err := scenarioText(args[0])
			if directory != nil {
				_ = directory.Close() // nothing runs
			}
			if err != nil {
				return err
			}
			if entered, err := demoted(confine.Second{Input: text, Begin: over}); entered || err != nil {
				return err
			}
			s, err := (&runFlags{fault: fault}).scenario(args[0], text)
			if err != nil {
				return err
			}
			return export.Scenario(out, s, language(), answer, ascii)
		},
	}
	cmd.Flags().BoolVar(&answer, "answer", false, "also show the answer")
	addFault(cmd, &fault)
	addLook(cmd, &color, &ascii)
	return cmd
}
