package main

import (
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/sys/unix"
)

// terminal opens a terminal with the given number of columns: master is the user's end,
// slave the program's.
func terminal(t *testing.T, columns uint16) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminal to be had: %v", err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetUint32(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile("/dev/pts/"+strconv.Itoa(int(n)), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminal to be had: %v", err)
	}
	t.Cleanup(func() { slave.Close() })
	if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 25, Col: columns}); err != nil {
		t.Fatal(err)
	}
	return master, slave
}

// onTerminal runs the command with its output on a terminal with the given number of
// columns, and returns the output.
func onTerminal(t *testing.T, columns uint16, env []string, args ...string) string {
	t.Helper()
	master, slave := terminal(t, columns)
	cmd := command(args...)
	cmd.Env = slices.DeleteFunc(cmd.Env, func(e string) bool {
		return strings.HasPrefix(e, "NO_COLOR=") || strings.HasPrefix(e, "TERM=") || strings.HasPrefix(e, "COLORTERM=")
	})
	cmd.Env = append(append(cmd.Env, "TERM=xterm-256color"), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	var shown strings.Builder
	// When the last writer is gone, reading gives EIO.
	if _, err := io.Copy(&shown, master); err != nil && !strings.Contains(err.Error(), "input/output error") {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, shown.String())
	}
	return strings.ReplaceAll(shown.String(), "\r\n", "\n")
}

// colours counts the sequences that set colors or weight.
func colours(s string) int { return strings.Count(s, "\x1b[1;3") + strings.Count(s, "\x1b[32m") }

// TestTerminal: on a terminal, there are colors unless disabled, no line is too wide, and
// the progress line is erased at the end.
func TestTerminal(t *testing.T) {
	needLab(t)
	for _, c := range []struct {
		name     string
		columns  uint16
		env      []string
		args     []string
		coloured bool
	}{
		{"80 columns", 80, nil, nil, true},
		{"120 columns", 120, nil, nil, true},
		{"NO_COLOR", 80, []string{"NO_COLOR=1"}, nil, false},
		{"empty NO_COLOR", 80, []string{"NO_COLOR="}, nil, true},
		{"--color never", 80, nil, []string{"--color", "never"}, false},
		{"dumb", 80, []string{"TERM=dumb"}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := onTerminal(t, c.columns, c.env, append([]string{"run", "flask-demo", "--view", "text"}, c.args...)...)
			end := strings.LastIndex(got, "\r\x1b[K")
			result := got[max(end, 0):]
			result = strings.TrimPrefix(result, "\r\x1b[K")
			if end < 0 {
				t.Errorf("no progress was shown, or it was not taken away: %q", got[:min(len(got), 300)])
			}
			if n := colours(result); c.coloured != (n > 0) {
				t.Errorf("%d colours", n)
			}
			if !c.coloured && strings.Contains(result, "\x1b") {
				t.Errorf("an escape sequence: %q", result[strings.Index(result, "\x1b"):][:20])
			}
			for _, line := range strings.Split(ansi.Strip(result), "\n") {
				if lipgloss.Width(line) > int(c.columns) {
					t.Errorf("%d cells: %q", lipgloss.Width(line), line)
				}
			}
		})
	}
}

// TestListWidth: the list has the terminal's width, or 80 columns without a terminal.
func TestListWidth(t *testing.T) {
	for columns, out := range map[int]string{50: onTerminal(t, 50, nil, "list"), 120: onTerminal(t, 120, nil, "list"), 80: tracer(t, "list").stdout} {
		want, err := listing(columns)
		if got := strings.ReplaceAll(out, "\r\n", "\n"); err != nil || got != want {
			t.Errorf("%d columns: %v\n%s", columns, err, got)
		}
	}
}
