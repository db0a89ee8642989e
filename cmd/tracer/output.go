package main

import (
	"fmt"
	"io"
	"os"

	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"tracer/trace/escape"
)

// This file owns standard output and standard error. Everything that is printed goes
// through it, and so through an escape.Writer; only the walk has the terminal to
// itself, and draws on cells.

// stdout is for results.
func stdout() io.Writer { return escape.Writer{To: os.Stdout} }

// stdoutRaw is for what is made for programs: JSON, whose writer has seen to it that
// no byte of it is harmful, and capture files, which are not written to a terminal.
func stdoutRaw() io.Writer { return os.Stdout }

// say prints a line to standard error. What is in it stays one line.
func say(format string, args ...any) {
	line := escape.Field(fmt.Sprintf(format, args...))
	_, _ = fmt.Fprintln(escape.Writer{To: os.Stderr}, line) // there is nowhere else to say so
}

// ask prints a question to standard error, behind which the answer is typed.
func ask(question string) {
	_, _ = io.WriteString(escape.Writer{To: os.Stderr}, escape.Field(question)) // whoever cannot see it does not answer
}

// leave prints a line to standard output.
func leave(line string) error {
	_, err := fmt.Fprintln(stdout(), escape.Field(line))
	return err
}

// clearLine takes the terminal's current line away (CR, and EL of ECMA-48).
const clearLine = "\r\x1b[K"

// overwrite shows a line on standard error in place of the current one, which must be
// on a terminal. An empty line leaves none.
func overwrite(line string) { fmt.Fprint(os.Stderr, clearLine+escape.Field(line)) }

// attach makes a command print what it prints by itself, such as help and completions.
func attach(cmd *cobra.Command) {
	cmd.SetOut(escape.Writer{To: os.Stdout, Tabs: true})
	cmd.SetErr(escape.Writer{To: os.Stderr, Tabs: true})
}

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
	w := &colorprofile.Writer{Forward: stdout(), Profile: profile()}
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
	out.width, _ = size()
	return out, nil
}

// profile is what standard output can show of them.
func profile() colorprofile.Profile { return colorprofile.Detect(os.Stdout, os.Environ()) }

// size is how many columns and rows standard output has: none if it is no terminal.
func size() (width, height int) {
	width, height, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}

// shown reports whether somebody looks at standard output.
func shown() bool { return term.IsTerminal(int(os.Stdout.Fd())) }

// watched reports whether somebody looks at standard error.
func watched() bool { return term.IsTerminal(int(os.Stderr.Fd())) }
