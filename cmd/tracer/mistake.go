package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tracer/scenarios"
)

// This file contains the messages for mistakes on the command line. Each says what is wrong
// and what would be right, and suggests the word that was probably meant.

// usageError is a mistake on the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func mistake(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// arguments accepts from least to most arguments. A negative most means any number.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		usage := cmd.Use
		if cmd.HasParent() {
			usage = cmd.Parent().CommandPath() + " " + usage
		}
		switch {
		case len(args) < least:
			return mistake("missing argument; usage: %s", usage)
		case most >= 0 && len(args) > most:
			return mistake("unexpected argument %q; usage: %s", args[most], usage)
		}
		return nil
	}
}

// verb accepts no arguments: an argument of the root command is an unknown verb.
func verb(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var verbs []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			verbs = append(verbs, c.Name())
		}
	}
	if near := nearest(args[0], verbs); near != "" {
		return mistake("there is no command %q; did you mean %s %s?", args[0], cmd.CommandPath(), near)
	}
	if cmd.HasParent() || !slices.Contains(scenarios.Names(), args[0]) && !scenarios.IsFile(args[0]) {
		return mistake("there is no command %q", args[0])
	}
	return mistake("there is no command %q; did you mean tracer run %s?", args[0], args[0])
}

// flagMistake rewords an error of the flag parser.
func flagMistake(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return mistake("there is no flag -%s", unknown.GetSpecifiedShortnames())
	case errors.As(err, &unknown):
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, f.Name)
			}
		})
		if near := nearest(unknown.GetSpecifiedName(), names); near != "" {
			return mistake("there is no flag --%s; did you mean --%s?", unknown.GetSpecifiedName(), near)
		}
		return mistake("there is no flag --%s", unknown.GetSpecifiedName())
	case errors.As(err, &missing):
		return mistake("--%s needs a value", missing.GetSpecifiedName())
	case errors.As(err, &invalid):
		want := invalid.GetFlag().Value.Type()
		switch want {
		case "duration":
			want = "a duration, such as 30s or 2m"
		case "int":
			want = "a whole number"
		case "bool":
			want = "true or false"
		}
		return mistake("--%s %q is not %s", invalid.GetFlag().Name, invalid.GetValue(), want)
	}
	return usageError{err}
}

// meant adds a suggestion to the error for an unknown name.
func meant(err error) error {
	var scenario *scenarios.UnknownError
	var fault *scenarios.UnknownFaultError
	switch {
	case errors.As(err, &scenario):
		names := scenarios.Names()
		if file := scenario.Name + ".yaml"; exists(file) {
			names = append(names, file)
		}
		return fmt.Errorf("%w%s", err, cmp.Or(numbered(scenario.Name), didYouMean(scenario.Name, names)))
	case errors.As(err, &fault) && len(fault.Faults) == 0:
		return fmt.Errorf("%w: it has none", err)
	case errors.As(err, &fault):
		return fmt.Errorf("%w%s", err, cmp.Or(didYouMean(fault.Fault, fault.Faults), "; it has "+strings.Join(fault.Faults, ", ")))
	}
	return err
}

// numbered names the lesson that has a number in the course, or returns "".
func numbered(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return ""
	}
	lessons, err := course()
	if err != nil {
		return ""
	}
	for _, s := range lessons {
		if s.Course == n {
			return fmt.Sprintf("; lesson %d is %s", n, s.Name)
		}
	}
	return ""
}

// oneOf returns an error unless a flag's value is one of the words.
func oneOf(flag, value string, words ...string) error {
	if slices.Contains(words, value) {
		return nil
	}
	return mistake("--%s %q is not %s%s", flag, value, listed(words), didYouMean(value, words))
}

// listed joins words: "auto, always or never".
func listed(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// didYouMean suggests the word that was probably meant, if one is close.
func didYouMean(word string, words []string) string {
	if near := nearest(word, words); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// nearest returns the word of which another is a misspelling or the beginning, or "".
func nearest(word string, words []string) (near string) {
	if word == "" {
		return ""
	}
	best := min(2, len(word)/2) + 1
	for _, w := range words {
		if d := distance(word, w); d < best {
			best, near = d, w
		}
	}
	if near == "" {
		if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, word) }); i >= 0 {
			near = words[i]
		}
	}
	return near
}

// distance returns how many letters must be inserted, removed, replaced or swapped with
// their neighbor to turn one word into another.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
				continue
			case a[i-1] == b[j-1]:
				rows[i][j] = rows[i-1][j-1]
			default:
				rows[i][j] = 1 + min(rows[i-1][j-1], rows[i-1][j], rows[i][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
