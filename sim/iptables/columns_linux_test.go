package iptables

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/sim/rule"
)

// compareColumns compares rules' columns with those of "iptables -nvL" of one chain.
func compareColumns(t *testing.T, ns namespace, f Family, table, chain string, rules []Rule) {
	t.Helper()
	lines := strings.Split(strings.TrimRight(ns.run(t, "", f.command(), "-t", table, "-nvxL", chain), "\n"), "\n")[2:]
	got := make([]string, len(rules))
	numbers := strings.Contains(labtest.Output(t, "iptables", "--version"), "v1.8.9 ") || strings.Contains(labtest.Output(t, "iptables", "--version"), "v1.8.10 ")
	for i, r := range rules {
		c := r.columns(f)
		if numbers {
			c.Protocol = inverted(r.Protocol.Not, fmt.Sprint(uint8(r.Protocol.Number)))
		}
		got[i] = columnsLine(c)
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight(line[len("       0        0 "):], " ")
	}
	if !slices.Equal(got, lines) {
		differ(t, "as iptables -nvL lists them, the rules are", got, lines)
	}
}

// columnsLine lays out a rule's columns from "target" on.
func columnsLine(c rule.Columns) string {
	sign := func(s string) string {
		if strings.HasPrefix(s, "!") {
			return s
		}
		return " " + s
	}
	line := fmt.Sprintf("%-9s %-5s %s  %-6s %-6s %-20s %-20s ", c.Target, sign(c.Protocol), c.Options, c.In, c.Out, sign(c.Source), sign(c.Destination))
	if c.Goto {
		line += "[goto] "
	}
	return strings.TrimRight(line+" "+c.Details, " ")
}
