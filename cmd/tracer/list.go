package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"tracer/scenarios"
)

func newList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the scenarios that are built in",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			byGroup := map[string][]*scenarios.Scenario{}
			width := 0
			for _, name := range scenarios.Names() {
				s, err := scenarios.Load(name)
				if err != nil {
					return err
				}
				byGroup[s.Group] = append(byGroup[s.Group], s)
				width = max(width, len(name))
			}
			w := &bytes.Buffer{}
			for i, group := range scenarios.Groups() {
				if i > 0 {
					fmt.Fprintln(w)
				}
				fmt.Fprintln(w, group)
				for _, s := range byGroup[group] {
					title := s.Title
					if n := len(s.Faults); n > 0 {
						title += fmt.Sprintf(" (faults: %d)", n)
					}
					fmt.Fprintf(w, "  %-*s   %s\n", width, s.Name, title)
				}
			}
			_, signals := obeySignals(cmd.Context())
			defer signals.stop()
			defer signals.mayBlock()()
			_, err := w.WriteTo(cmd.OutOrStdout())
			return err
		},
	}
}
