package main

import (
	"github.com/spf13/cobra"

	"tracer/scenarios"
	"tracer/trace/export"
)

func newShow() *cobra.Command {
	var ascii bool
	var color string
	cmd := &cobra.Command{
		Use:   "show SCENARIO|FILE.yaml",
		Short: "Show a scenario's network, rules and story, without running it",
		Args:  cobra.ExactArgs(1),

		ValidArgsFunction: completeScenario,
		RunE: func(cmd *cobra.Command, args []string) error {
			out, err := newOutput(color, ascii)
			if err != nil {
				return err
			}
			s, err := scenarios.Load(args[0])
			if err != nil {
				return err
			}
			return export.Scenario(out, s, ascii)
		},
	}
	cmd.Flags().BoolVar(&ascii, "ascii", false, "use no characters outside of ASCII")
	cmd.Flags().StringVar(&color, "color", "auto", "colours: auto, always or never")
	return cmd
}
