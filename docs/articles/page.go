package main

import (
	"fmt"
	"strings"

	"tracer/scenarios/articles"
)

const introduction = `# The reference articles, row by row

<!-- Written by "go run ./docs/articles docs/articles.md" from scenarios/articles/articles.yaml and the scenarios. -->

This page goes through five articles on Docker networks. It lists everything that they show or state, and how to see the same
in tracer: the packet, answer or listing of a [scenario](scenarios.md) that every run is checked against. The commands need no
root and work on any system.

Where an article errs, its row has what the article says and what the kernel does instead.
`

// page returns the whole text.
func page(list []articles.Article, proofs map[string][]articles.Proof) string {
	var b strings.Builder
	b.WriteString(introduction)
	b.WriteString("\n" + summary(list, proofs) + "\n")
	for _, a := range list {
		fmt.Fprintf(&b, "\n## %s: %s\n\n| row | the article shows | how to see it |\n|---|---|---|\n", a.ID, a.Title)
		for i := range a.Rows {
			r := &a.Rows[i]
			fmt.Fprintf(&b, "| %s | %s | %s |\n", r.ID, cell(shows(r)), cell(see(r, proofs[r.ID])))
		}
	}
	return b.String()
}

// summary counts the rows of all articles.
func summary(list []articles.Article, proofs map[string][]articles.Proof) string {
	var rows, whole, beyond, partly, open, outside, wrong int
	for _, a := range list {
		for _, r := range a.Rows {
			rows++
			if r.Says != "" {
				wrong++
			}
			proven := len(proofs[r.ID]) > 0
			if proven && r.Outside != "" {
				beyond++
			}
			switch {
			case !proven && r.Outside != "":
				outside++
			case proven && r.Open == "":
				whole++
			case proven:
				partly++
			default:
				open++
			}
		}
	}
	return fmt.Sprintf(`| rows | |
|---|---|
| total | %d |
| reproduced | %d |
| … with a part left out on purpose | %d |
| partly reproduced | %d |
| not reproduced yet | %d |
| not about networks | %d |
| in which the article errs | %d |`, rows, whole, beyond, partly, open, outside, wrong)
}

// shows returns what the article shows, and where it errs.
func shows(r *articles.Row) []string {
	lines := []string{r.Shows}
	if r.Says != "" {
		lines = append(lines, "The article says: "+r.Says+" · the kernel says: "+r.Kernel)
	}
	return lines
}

// see returns how to see a row: commands, with what to look at in their output.
func see(r *articles.Row, proofs []articles.Proof) (lines []string) {
	var commands []string
	at := map[string][]string{}
	for i := range proofs {
		command, what := look(&proofs[i])
		if _, known := at[command]; !known {
			commands = append(commands, command)
		}
		at[command] = append(at[command], what...)
	}
	for _, c := range commands {
		s := "`" + c + "`"
		if what := unique(at[c]); len(what) > 0 {
			s += ": " + strings.Join(what, ", ")
		}
		lines = append(lines, s)
	}
	switch {
	case r.Outside != "" && len(lines) > 0:
		lines = append(lines, "Left out on purpose: "+r.Outside)
	case r.Outside != "":
		lines = append(lines, "Not about networks: "+r.Outside)
	case r.Open != "" && len(lines) > 0:
		lines = append(lines, "Not yet: "+r.Open)
	case r.Open != "":
		lines = append(lines, "Not reproduced yet. Missing: "+r.Open)
	}
	return lines
}

// cell returns lines as the text of a table's cell.
func cell(lines []string) string {
	return strings.ReplaceAll(strings.Join(lines, "<br>"), "|", `\|`)
}

func unique(list []string) (out []string) {
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
