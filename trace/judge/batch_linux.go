package judge

import (
	"fmt"
	"slices"
	"strings"
)

// run runs lines. Consecutive commands of a node that one program understands are one batch.
func (w *World) run(lines []Line) error {
	for len(lines) > 0 {
		program := w.batch(lines[0])
		if program == nil {
			if err := w.runLine(lines[0]); err != nil {
				return fmt.Errorf("%s: %s: %w", lines[0].Node, lines[0].Text, err)
			}
			lines = lines[1:]
			continue
		}
		n := slices.IndexFunc(lines, func(l Line) bool { return l.Node != lines[0].Node || !slices.Equal(w.batch(l), program) })
		if n < 0 {
			n = len(lines)
		}
		var input strings.Builder
		for _, l := range lines[:n] {
			input.WriteString(l.input())
		}
		if err := w.program(lines[0].Node, input.String(), program[0], program[1:]...); err != nil {
			return fmt.Errorf("%s: %s\n%s: %w", lines[0].Node, strings.Join(program, " "), input.String(), err)
		}
		lines = lines[n:]
	}
	return nil
}

// batch returns the program that reads a line from its standard input, or nil. Without an option
// of its own, an ip command is about the network's only family, or IPv4.
func (w *World) batch(l Line) []string {
	switch l.Verb() {
	case "ip":
		if w.Network.IP == IPv6 || strings.HasPrefix(l.Text, "ip -6 ") {
			return []string{"ip", "-6", "-batch", "-"}
		}
		return []string{"ip", "-4", "-batch", "-"}
	case "iptables", "ip6tables":
		return []string{l.Verb() + "-restore", "--noflush", "--wait"}
	case "nft":
		return []string{"nft", "-f", "-"}
	}
	return nil
}

// input returns what a line adds to the input of its program.
func (l Line) input() string {
	rest := strings.Join(l.Words(), " ")
	switch l.Verb() {
	case "ip":
		return strings.TrimPrefix(rest, "-6 ") + "\n"
	case "iptables", "ip6tables":
		table := "filter"
		if words := l.Words(); len(words) > 2 && words[0] == "-t" {
			table, rest = words[1], strings.Join(words[2:], " ")
		}
		return "*" + table + "\n" + rest + "\nCOMMIT\n"
	}
	return rest + "\n"
}
