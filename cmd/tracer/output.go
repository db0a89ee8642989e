package main

import (
	"fmt"
	"io"
	"os"

	"github.com/charmbracelet/colorprofile"
	"golang.org/x/term"
)

// output is standard output, with colours taken out or reduced to what it can
// show.
type output struct {
	io.Writer
	width int // of the terminal; 0 if it is none
}

// plainWriter takes colours out.
func plainWriter(w io.Writer) io.Writer {
	return &colorprofile.Writer{Forward: w, Profile: colorprofile.NoTTY}
}

// newOutput looks at standard output. color is the value of --color.
func newOutput(color string, ascii bool) (output, error) {
	w := colorprofile.NewWriter(os.Stdout, os.Environ())
	switch color {
	case "auto":
		if os.Getenv("NO_COLOR") != "" {
			w.Profile = colorprofile.NoTTY
		}
	case "always":
		w.Profile = max(w.Profile, colorprofile.ANSI)
	case "never":
		w.Profile = colorprofile.NoTTY
	default:
		return output{}, usageError{fmt.Errorf("--color %q is none of auto, always, never", color)}
	}
	out := output{Writer: w}
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		out.width = width
	}
	return out, nil
}
