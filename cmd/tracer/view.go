package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
	"tracer/trace/filter"
)

// showFlags are the flags of every verb that shows a trace.
type showFlags struct {
	view   string
	filter string
	missed bool
	ascii  bool
	color  string
}

func (f *showFlags) add(cmd *cobra.Command) {
	f.addView(cmd)
	cmd.Flags().BoolVar(&f.missed, "missed", false, "in text, also the rules that did not match, and why")
}

// addView adds the flags that need no rules.
func (f *showFlags) addView(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.view, "view", viewAuto, "auto, tui, text or json")
	cmd.Flags().StringVar(&f.filter, "filter", "", "show only packets that all of these `WORDS` are true of")
	cmd.Flags().StringVar(&f.color, "color", "auto", "colours: auto, always or never")
	cmd.Flags().BoolVar(&f.ascii, "ascii", false, "use no characters outside of ASCII")
}

// plain reports whether no colours are wanted (no-color.org: any value that is
// not empty).
func (f *showFlags) plain() bool {
	return f.color == "never" || f.color == "auto" && os.Getenv("NO_COLOR") != ""
}

// filterHelp belongs to the help of each of these verbs.
const (
	filterHelp = filterWords + `rewritten,
dnat, conntrack), and outcome (delivered, dropped, unseen).`

	filterWords = `--filter shows only some packets: those of which all its words are true, and
none after a "!". Words are parts of a packet's number (#3), summary, direction
(original, reply), nodes, interfaces, addresses, what changed it (`
)

// The ways to show a trace.
const (
	viewAuto = "auto"
	viewTUI  = "tui"
	viewText = "text"
	viewJSON = "json"
)

// chooseView says which view a value of --view is, here.
func chooseView(view string) (string, error) {
	// Both: the walk reads keys from the one and draws on the other.
	terminal := term.IsTerminal(int(os.Stdin.Fd())) && shown()
	switch view {
	case viewAuto:
		if terminal && os.Getenv("TERM") != "dumb" {
			return viewTUI, nil
		}
		return viewText, nil
	case viewTUI:
		if !terminal {
			return "", usageError{fmt.Errorf("--view tui needs a terminal for standard input and output; there is --view text")}
		}
		return view, nil
	case viewText, viewJSON:
		return view, nil
	}
	return "", usageError{fmt.Errorf("--view %q is none of %s, %s, %s, %s", view, viewAuto, viewTUI, viewText, viewJSON)}
}

// print writes a trace to standard output.
func print(t *trace.Trace, f showFlags, view string, out output) error {
	voice, only := explain.English(), filter.New(f.filter)
	if view == viewJSON {
		some := *t
		some.Journeys = slices.DeleteFunc(slices.Clone(t.Journeys), func(j trace.Journey) bool { return !only.Match(&j) })
		return export.JSON(stdoutRaw(), &some, voice)
	}
	return export.Text(out, t, export.TextOptions{Voice: voice, ASCII: f.ascii, Width: out.width, Unmatched: f.missed, Filter: only})
}
