package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tracer/scenarios"
	"tracer/sim/confine"
	"tracer/trace"
	"tracer/trace/export"
	tools "tracer/trace/listing"
)

// list prints what a command would print on a node of a recorded trace.
func list(cmd *cobra.Command, name, fault string, words []string, look showLook) error {
	out, err := newListing(look.color)
	if err != nil {
		return err
	}
	_, signals := obeySignals(cmd.Context())
	defer signals.stop()
	defer signals.mayBlock()()
	in, err := openTrace(name, fault)
	if err != nil {
		return err
	}
	defer in.Close() // it is only read from
	if entered, err := in.demoted(confine.Handlers{}, signals); entered || err != nil {
		return err
	}
	t, broken := in.read()
	if t == nil {
		return broken
	}
	n, err := nodeOf(t, name, words[0])
	if err != nil {
		return err
	}
	lines, err := tools.Lines(n, words[1:])
	if err != nil {
		return refused(err)
	}
	return cmp.Or(export.Listing(out, lines, look.ascii), broken)
}

// nodeOf finds a node of a trace.
func nodeOf(t *trace.Trace, name, node string) (*trace.Node, error) {
	if n := t.State.Node(node); n != nil {
		return n, nil
	}
	names := nodeNames(t)
	if len(names) == 0 {
		return nil, mistake("%s has no nodes", name)
	}
	return nil, mistake("%s has no node %q; its nodes are %s%s", name, node, strings.Join(names, ", "), didYouMean(node, names))
}

func nodeNames(t *trace.Trace) (names []string) {
	for i := range t.State.Nodes {
		names = append(names, t.State.Nodes[i].Name)
	}
	return names
}

// refused adds to an error what is supported, or why something is missing.
func refused(err error) error {
	var unknown *tools.UnknownError
	var missing *tools.MissingError
	switch {
	case errors.As(err, &unknown) && unknown.Part != "":
		return usageError{fmt.Errorf("%w; supported are %s", err, strings.Join(tools.Commands(unknown.Command), ", "))}
	case errors.As(err, &unknown):
		return usageError{fmt.Errorf("%w; supported are those of %s%s", err, listedAll(tools.Programs()), didYouMean(unknown.Command, tools.Programs()))}
	case !errors.As(err, &missing):
		return usageError{err}
	case missing.What == tools.MissingColumns || missing.What == tools.MissingLinks:
		return fmt.Errorf("%w: it was written by an early version of tracer", err)
	case missing.What == tools.MissingState:
		return fmt.Errorf("%w: it was made from captures", err)
	}
	return err
}

// listedAll joins words: "iptables, ip, bridge and docker".
func listedAll(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// completeListing completes NODE and COMMAND, of scenarios that have a recording.
func completeListing(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	const quiet = cobra.ShellCompDirectiveNoFileComp
	switch len(args) {
	case 0:
		return completeScenario(cmd, args, begun)
	case 1:
		recording, err := scenarios.Recording(args[0], "")
		if err != nil {
			return nil, quiet
		}
		t, _ := export.ReadFile(recording)
		if t == nil {
			return nil, quiet
		}
		return nodeNames(t), quiet
	case 2:
		return tools.Programs(), quiet
	}
	return listingWords(args[2:]), quiet
}

// separated puts "--" before NODE on the command line of show: what follows, such as -t, is
// not for tracer.
func separated(show *cobra.Command, args []string) []string {
	at := slices.Index(args, show.Name())
	if at < 0 || at > 1 || at == 1 && !strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		return args
	}
	found := 0
	for i := at + 1; i < len(args); i++ {
		name, isFlag := strings.CutPrefix(args[i], "--")
		switch f := show.Flags().Lookup(name); {
		case args[i] == "--":
			return args
		case isFlag && f != nil && f.NoOptDefVal == "":
			i++ // its value
		case isFlag || strings.HasPrefix(args[i], "-") && args[i] != "-":
		default:
			if found++; found == 2 {
				return slices.Insert(slices.Clone(args), i, "--")
			}
		}
	}
	return args
}

// listingWords returns the words that may follow those of a command.
func listingWords(given []string) (words []string) {
	for _, form := range tools.Commands(given[0]) {
		all := strings.Fields(strings.NewReplacer("[", " ", "]", " ", "|", " ").Replace(form))
		for _, w := range all[1:] {
			literal := w[0] == '-' || w != strings.ToUpper(w) // not a placeholder, such as TABLE
			if literal && !slices.Contains(given, w) && !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	return words
}
