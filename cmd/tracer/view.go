package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"tracer/trace"
	"tracer/trace/export"
	"tracer/trace/filter"
)

// showFlags are the flags of every verb that shows a trace.
type showFlags struct {
	view      string
	filter    string
	brief     bool
	unmatched bool
	noMask    bool
	answer    bool
	ascii     bool
	color     string
}

func (f *showFlags) add(cmd *cobra.Command) {
	f.addView(cmd)
	cmd.Flags().BoolVar(&f.noMask, "no-mask", false, "in the walk, show everything from the beginning")
	cmd.Flags().BoolVar(&f.answer, "answer", false, "in text, also print the answer to the question")
	const about = "in text, also the rules that did not match, and why"
	cmd.Flags().BoolVar(&f.unmatched, "unmatched", false, about)
	cmd.Flags().BoolVar(&f.unmatched, "missed", false, about) // its old name
	_ = cmd.Flags().MarkHidden("missed")                      // the flag exists
}

// addView adds the flags that captures have, too: they have no rules, and are never masked.
func (f *showFlags) addView(cmd *cobra.Command) {
	word(cmd, &f.view, "view", viewAuto, "`VIEW` is %s", viewAuto, viewTUI, viewText, viewJSON)
	cmd.Flags().BoolVar(&f.brief, "brief", false, "only the turning points, as text for 80 columns")
	cmd.Flags().StringVar(&f.filter, "filter", "", "only packets that match every word of `WORDS`")
	addLook(cmd, &f.color, &f.ascii)
}

// addLook adds the flags of every verb that prints for people.
func addLook(cmd *cobra.Command, color *string, ascii *bool) {
	word(cmd, color, "color", colorAuto, "`WHEN` is %s", colorAuto, colorAlways, colorNever)
	cmd.Flags().BoolVar(ascii, "ascii", false, "use ASCII characters only")
}

// word adds a flag whose value is one of the words. Shells complete them.
func word(cmd *cobra.Command, value *string, name, preset, about string, words ...string) {
	cmd.Flags().StringVar(value, name, preset, fmt.Sprintf(about, listed(words)))
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)) // the flag exists
}

// plain reports whether output should have no colors (no-color.org: any value of NO_COLOR
// that is not empty).
func (f *showFlags) plain() bool {
	return f.color == colorNever || f.color == colorAuto && os.Getenv("NO_COLOR") != ""
}

// filterHelp is a part of the help of each of these verbs.
const (
	filterHelp = filterWords + `rewritten, dnat, conntrack),
and its outcome (delivered, dropped, unseen).`

	filterWords = `--filter shows only packets that match every word; !word excludes. A word
matches part of a packet's number (#3), summary, direction (original, reply),
nodes, interfaces and addresses, what changed it (`
)

// The values of --color.
const (
	colorAuto   = "auto"
	colorAlways = "always"
	colorNever  = "never"
)

// The ways to show a trace.
const (
	viewAuto = "auto"
	viewTUI  = "tui"
	viewText = "text"
	viewJSON = "json"
)

// chooseView returns the view for a value of --view in this terminal.
func chooseView(view string) (string, error) {
	// The walk reads keys from standard input and draws on standard output.
	terminal := term.IsTerminal(int(os.Stdin.Fd())) && shown()
	switch view {
	case viewAuto:
		if terminal && os.Getenv("TERM") != "dumb" {
			return viewTUI, nil
		}
		return viewText, nil
	case viewTUI:
		if !terminal {
			return "", mistake("--view tui needs standard input and output to be a terminal; use --view text")
		}
		return view, nil
	case viewText, viewJSON:
		return view, nil
	}
	return "", oneOf("view", view, viewAuto, viewTUI, viewText, viewJSON)
}

// look says how to show a trace: the view, and standard output.
type look struct {
	view string
	out  output
}

func (f *showFlags) look() (l look, err error) {
	view := f.view
	if f.brief {
		switch view {
		case viewAuto:
			view = viewText
		case viewTUI, viewJSON:
			return l, mistake("--brief is text; it cannot be used with --view %s", view)
		}
		if f.unmatched {
			return l, mistake("--brief shows only turning points; it cannot be used with --unmatched")
		}
	}
	if l.view, err = chooseView(view); err != nil {
		return l, err
	}
	l.out, err = newOutput(f.color)
	return l, err
}

// print writes a trace to standard output.
func print(t *trace.Trace, f showFlags, look look) error {
	only := filter.New(f.filter)
	if look.view == viewJSON {
		some := *t
		some.Journeys = slices.DeleteFunc(slices.Clone(t.Journeys), func(j trace.Journey) bool { return !only.Match(&j) })
		return export.JSON(stdoutRaw(), &some, language())
	}
	return f.write(look.out, t, export.TextOptions{Unmatched: f.unmatched, Answer: f.answer, Filter: only})
}

// write writes a trace as text, whole or in brief.
func (f *showFlags) write(to output, t *trace.Trace, o export.TextOptions) error {
	o.Language, o.ASCII, o.Width = language(), f.ascii, to.width
	if f.brief {
		return export.Brief(to, t, o)
	}
	return export.Text(to, t, o)
}
