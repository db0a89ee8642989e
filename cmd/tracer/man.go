package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// newMan writes man pages for packages of tracer. It is hidden, because the help has the
// same text.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write a man page (section 1) for each command to a directory",
		Hidden: true,
		Args:   arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true // today's date would make every build differ
			header := &doc.GenManHeader{Section: "1", Manual: "tracer", Source: fmt.Sprintf("tracer %s", root.Version)}
			return doc.GenManTree(root, header, args[0])
		},
	}
}
