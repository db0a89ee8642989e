package main

import (
	"fmt"
	"os"

	"golang.org/x/term"
)

// The ways to show a result.
const (
	viewAuto = "auto"
	viewTUI  = "tui"
	viewText = "text"
	viewJSON = "json"
)

// chooseView says which view a value of --view is, here.
func chooseView(view string) (string, error) {
	// Both: the walk reads keys from the one and draws on the other.
	terminal := term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd()))
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
