package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// newMan writes what packages of tracer install beside it. It is hidden: the help
// says the same.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write man pages to a directory",
		Long:   `Writes a man page for tracer and each of its verbs, in section 1, to a directory.`,
		Hidden: true,
		Args:   arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true // with the date of today no two builds are equal
			header := &doc.GenManHeader{Section: "1", Manual: "tracer", Source: fmt.Sprintf("tracer %s", root.Version)}
			return doc.GenManTree(root, header, args[0])
		},
	}
}
