package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// withProgram writes a scenario whose container runs a shell script.
func withProgram(t *testing.T, dir, script string) string {
	t.Helper()
	path := filepath.Join(dir, "program.yaml")
	text := embedded(t, "http: { port: 5000, body: Hello }", fmt.Sprintf("exec: { port: 5000, command: [sh, -c, %q] }", script))
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// On a terminal, users see what would run, and nothing runs unless they agree.
func TestConsent(t *testing.T) {
	needLab(t)
	file := withProgram(t, t.TempDir(), "echo it ran; exit 3")
	for _, c := range []struct{ key, want, not string }{
		{"n", "code 3", "it ran"},
		{"Enter", "code 3", "it ran"},
		{"C-c", "interrupted", "it ran"},
		{"y", "it ran", "nothing"},
	} {
		s := newScreen(t, 120, 30, "trap : INT; $TRACER run "+file+" --view text; echo code $?")
		s.await("Run them? [y/N]")
		s.await("flask: sh -c 'echo it ran; exit 3'", filepath.Dir(file))
		s.press(c.key)
		if c.key != "Enter" && c.key != "C-c" {
			s.press("Enter")
		}
		s.await("code ")
		screen := s.text()
		if _, after, _ := strings.Cut(screen, "[y/N]"); !strings.Contains(after, c.want) || strings.Contains(after, c.not) {
			t.Errorf("%s: want %q, without %q:\n%s", c.key, c.want, c.not, screen)
		}
	}
}

// Without a terminal, nothing runs without --allow-exec.
func TestConsentNobody(t *testing.T) {
	needLab(t)
	file := withProgram(t, t.TempDir(), "echo it ran; exit 3")
	r := tracer(t, "run", file)
	if want := "try: tracer show " + file + "\n"; r.code != exitNotPermitted || !strings.Contains(r.stderr, "--allow-exec") || !strings.HasSuffix(r.stderr, want) || strings.Contains(r.stderr, "it ran") {
		t.Errorf("%+v", r)
	}
	if r := tracer(t, "run", file, "--allow-exec"); r.code != exitFailed || !strings.Contains(r.stderr, "it printed: it ran") {
		t.Errorf("%+v", r)
	}
	if r := tracer(t, "show", file); r.code != 0 || !strings.Contains(r.stdout, "runs sh -c 'echo it ran; exit 3'") {
		t.Errorf("%+v", r)
	}
}

// A scenario in the home directory would expose the whole directory to its programs.
func TestConsentHome(t *testing.T) {
	needLab(t)
	home := t.TempDir()
	file := withProgram(t, home, "exit 3")
	cmd := command("run", file, "--allow-exec")
	cmd.Env = append(cmd.Env, "HOME="+home)
	if r := finish(t, cmd); r.code != exitUsage || !strings.Contains(r.stderr, "could read all of") {
		t.Errorf("%+v", r)
	}
}
