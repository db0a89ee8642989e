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
		Short: "Show a scenario's network, rules and story, without running it",
		Args:  arguments(1, 1),

		ValidArgsFunction: completeScenario,
		RunE: func(cmd *cobra.Command, args []string) error {
			out, err := newOutput(color, ascii)
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
			return export.Scenario(out, s, answer, ascii)
		},
	}
	cmd.Flags().BoolVar(&answer, "answer", false, "also the answer to what the story asks")
	cmd.Flags().StringVar(&fault, "fault", "", "with the fault `NAME`")
	cmd.Flags().BoolVar(&ascii, "ascii", false, "use no characters outside of ASCII")
	cmd.Flags().StringVar(&color, "color", "auto", "colours: auto, always or never")
	return cmd
}
