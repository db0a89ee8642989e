package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"tracer/scenarios"
)

func newList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the built-in scenarios and their faults",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			width, _ := size()
			text, err := listing(cmp.Or(width, 80))
			if err != nil {
				return err
			}
			_, signals := obeySignals(cmd.Context())
			defer signals.stop()
			defer signals.mayBlock()()
			_, err = io.WriteString(cmd.OutOrStdout(), text)
			return err
		},
	}
}

// listing lists the scenarios by group, in lines of at most width characters.
func listing(width int) (string, error) {
	byGroup := map[string][]*scenarios.Scenario{}
	names := 0
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			return "", err
		}
		byGroup[s.Group] = append(byGroup[s.Group], s)
		names = max(names, len(name))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "First lesson: tracer run %s\n", scenarios.First())
	for _, group := range scenarios.Groups() {
		fmt.Fprintf(&b, "\n%s\n", group)
		list := byGroup[group]
		slices.SortStableFunc(list, func(a, _ *scenarios.Scenario) int {
			if a.Name == scenarios.First() {
				return -1
			}
			return 0
		})
		for _, s := range list {
			about := []string{s.Title}
			if len(s.Faults) > 0 {
				about = append(about, "faults: "+strings.Join(faultNames(s), ", "))
			}
			entry(&b, s.Name, about, names+5, width)
		}
	}
	return b.String(), nil
}

// entry writes a name with paragraphs beside it, or below it if there is no room.
func entry(b *strings.Builder, name string, about []string, indent, width int) {
	line := fmt.Sprintf("  %-*s", indent-2, name)
	if width-indent < 24 {
		indent = 4
		fmt.Fprintln(b, "  "+name)
		line = strings.Repeat(" ", indent)
	}
	for _, paragraph := range about {
		for _, text := range wrap(paragraph, width-indent) {
			fmt.Fprintln(b, line+text)
			line = strings.Repeat(" ", indent)
		}
	}
}

// wrap breaks a text between words. A longer word gets its own line.
func wrap(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func faultNames(s *scenarios.Scenario) (names []string) {
	for _, f := range s.Faults {
		names = append(names, f.Name)
	}
	return names
}
