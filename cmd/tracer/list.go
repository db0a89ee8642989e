package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"tracer/scenarios"
)

func newList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the lessons of the course and their faults",
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

// listing lists the course: by group, with each lesson's number and minutes, its
// prerequisites and its faults. Lines have at most width characters.
func listing(width int) (string, error) {
	lessons, err := course()
	if err != nil {
		return "", err
	}
	names := 0
	for _, s := range lessons {
		names = max(names, len(s.Name))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "First lesson: tracer run %s\n", scenarios.First())
	group := ""
	for _, s := range lessons {
		if s.Group != group {
			group = s.Group
			b.WriteString("\n" + group + "\n")
		}
		entry(&b, s, names, width)
	}
	return b.String(), nil
}

// course returns the lessons in the order of the course, group by group.
func course() ([]*scenarios.Scenario, error) {
	var all, lessons []*scenarios.Scenario
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	all = scenarios.Ordered(all)
	for _, group := range scenarios.Groups() {
		for _, s := range all {
			if s.Group == group {
				lessons = append(lessons, s)
			}
		}
	}
	return lessons, nil
}

// entry writes a lesson's name, and what there is to know about it beside the name, or
// below it if there is no room. names is the length of the longest name.
func entry(b *strings.Builder, s *scenarios.Scenario, names, width int) {
	number := ""
	if s.Course > 0 {
		number = strconv.Itoa(s.Course)
	}
	line := fmt.Sprintf("%4s  %-*s  %2d min  ", number, names, s.Name, s.Minutes)
	indent := len(line)
	if width-indent < 24 {
		indent = 6
		fmt.Fprintln(b, strings.TrimRight(line, " "))
		line = strings.Repeat(" ", indent)
	}
	about := []string{s.Title}
	if len(s.After) > 0 {
		about = append(about, "after "+strings.Join(s.After, ", "))
	}
	if len(s.Faults) > 0 {
		about = append(about, "faults: "+strings.Join(faultNames(s), ", "))
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
