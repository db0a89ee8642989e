package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tracer/sim/labtest"
)

// screen is a real terminal, provided by tmux, that runs a shell script.
type screen struct {
	*testing.T
	tmux, socket string
	dir          string // the script's working directory
}

// newScreen runs a script in a terminal. In it, $TRACER is the command.
func newScreen(t *testing.T, columns, rows int, script string) *screen {
	t.Helper()
	s := &screen{T: t, tmux: labtest.Peer(t, "tmux"), dir: t.TempDir()}
	short, err := os.MkdirTemp("", "tmux") // a socket's path may have 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	s.socket = filepath.Join(short, "s")
	config := filepath.Join(short, "conf")
	if err := os.WriteFile(config, []byte("set -g default-shell /bin/sh\nset -g status off\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(s.tmux, "-u", "-S", s.socket, "-f", config, "new-session", "-d", "-x", strconv.Itoa(columns), "-y", strconv.Itoa(rows), script+"; exec sleep 300") // so that the screen stays
	cmd.Dir = s.dir
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(e string) bool {
		return strings.HasPrefix(e, "TMUX") || strings.HasPrefix(e, "NO_COLOR=") || strings.HasPrefix(e, "TERM=")
	}), asTracer+"=1", "TRACER="+os.Args[0], "TERM=xterm-256color", "LC_ALL=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v: %s", err, out)
	}
	t.Cleanup(func() {
		exec.Command(s.tmux, "-S", s.socket, "kill-server").Run()
		os.RemoveAll(short)
	})
	return s
}

func (s *screen) do(args ...string) string {
	s.Helper()
	out, err := exec.Command(s.tmux, append([]string{"-S", s.socket}, args...)...).CombinedOutput()
	if err != nil {
		s.Fatalf("tmux %v: %v: %s", args, err, out)
	}
	return string(out)
}

// file returns the content of a file in the script's directory.
func (s *screen) file(name string) string {
	s.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.Fatal(err)
	}
	return string(b)
}

func (s *screen) press(keys ...string) { s.Helper(); s.do(append([]string{"send-keys"}, keys...)...) }

func (s *screen) resize(columns, rows int) {
	s.Helper()
	s.do("resize-window", "-x", strconv.Itoa(columns), "-y", strconv.Itoa(rows))
}

// text returns the content of the screen.
func (s *screen) text() string { s.Helper(); return s.do("capture-pane", "-p") }

// joined is like text, without frames and line breaks, so that wrapped sentences can be
// found.
func (s *screen) joined() string {
	s.Helper()
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "─", " ").Replace(s.text())), " ")
}

// number waits until the screen matches a pattern, and returns the number in its
// parentheses.
func (s *screen) number(pattern string) int {
	s.Helper()
	wanted := regexp.MustCompile(pattern)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if found := wanted.FindStringSubmatch(s.joined()); found != nil {
			n, err := strconv.Atoi(found[1])
			if err != nil {
				s.Fatal(err)
			}
			return n
		}
		if time.Now().After(end) {
			s.Fatalf("%s did not appear:\n%s", pattern, s.text())
		}
	}
}

// await waits until the screen contains all texts.
func (s *screen) await(texts ...string) {
	s.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		now := s.joined()
		missing := slices.IndexFunc(texts, func(text string) bool { return !strings.Contains(now, text) })
		if missing < 0 {
			return
		}
		if time.Now().After(end) {
			s.Fatalf("%q did not appear:\n%s", texts[missing], s.text())
		}
	}
}
