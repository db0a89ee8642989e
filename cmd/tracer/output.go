package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"tracer/trace/escape"
)

// This file owns standard output and standard error. All output goes through it, and so
// through an escape.Writer, except the walk, which draws on the terminal's cells itself.

// stdout is for results.
func stdout() io.Writer { return escape.Writer{To: os.Stdout} }

// stdoutRaw is for formats that programs read: JSON, which is already escaped, and capture
// files, which are never written to a terminal.
func stdoutRaw() io.Writer { return os.Stdout }

// say prints one line to standard error; line breaks in it are escaped.
func say(format string, args ...any) {
	line := escape.Field(fmt.Sprintf(format, args...))
	_, _ = fmt.Fprintln(escape.Writer{To: os.Stderr}, line) // nowhere else to report it
}

// ask prints a question to standard error, without a line break.
func ask(question string) {
	_, _ = io.WriteString(escape.Writer{To: os.Stderr}, escape.Field(question)) // without it, nobody answers
}

// leave prints a line to standard output.
func leave(line string) error {
	_, err := fmt.Fprintln(stdout(), escape.Field(line))
	return err
}

// clearLine erases the terminal's current line (CR, and EL of ECMA-48).
const clearLine = "\r\x1b[K"

// overwrite replaces the current line of standard error, which must be a terminal. An
// empty line erases it.
func overwrite(line string) { fmt.Fprint(os.Stderr, clearLine+escape.Field(line)) }

// attach sends a command's own output, such as help and completions, through here.
func attach(cmd *cobra.Command) {
	cmd.SetOut(escape.Writer{To: os.Stdout, Tabs: true})
	cmd.SetErr(escape.Writer{To: os.Stderr, Tabs: true})
}

// output is standard output, with colors removed or reduced to those it can show.
type output struct {
	io.Writer
	width int // of the terminal; 0 without one
}

// plainWriter returns a writer that removes colors.
func plainWriter(w io.Writer) io.Writer {
	return &colorprofile.Writer{Forward: w, Profile: colorprofile.NoTTY}
}

// newOutput returns standard output. color is the value of --color.
func newOutput(color string) (output, error) { return outputTo(stdout(), color) }

// newListing returns standard output for what a command of a node would print, with tabs.
func newListing(color string) (output, error) {
	return outputTo(escape.Writer{To: os.Stdout, Tabs: true}, color)
}

func outputTo(to io.Writer, color string) (output, error) {
	w := &colorprofile.Writer{Forward: to, Profile: profile()}
	switch color {
	case colorAuto:
		if os.Getenv("NO_COLOR") != "" {
			w.Profile = colorprofile.NoTTY
		}
	case colorAlways:
		w.Profile = max(w.Profile, colorprofile.ANSI)
	case colorNever:
		w.Profile = colorprofile.NoTTY
	default:
		return output{}, oneOf("color", color, colorAuto, colorAlways, colorNever)
	}
	out := output{Writer: w}
	out.width, _ = size()
	return out, nil
}

// profile returns the set of colors that standard output can show.
func profile() colorprofile.Profile { return colorprofile.Detect(os.Stdout, os.Environ()) }

// size returns the columns and rows of standard output, or 0 if it is not a terminal.
func size() (width, height int) {
	width, height, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}

// utf8Locale reports whether the locale's encoding is UTF-8. Windows has no locale in the
// environment, but its terminals show Unicode.
func utf8Locale() bool {
	locale := cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG")) // POSIX, 8.2
	locale = strings.ToLower(locale)
	return runtime.GOOS == "windows" || strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
}

// shown reports whether standard output is a terminal.
func shown() bool { return term.IsTerminal(int(os.Stdout.Fd())) }

// watched reports whether standard error is a terminal.
func watched() bool { return term.IsTerminal(int(os.Stderr.Fd())) }
