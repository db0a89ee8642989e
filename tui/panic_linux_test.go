package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// asWalk makes the test binary a walk whose r key panics.
const asWalk = "TRACER_TEST_AS_WALK"

func TestMain(m *testing.M) {
	if file := os.Getenv(asWalk); file != "" {
		os.Exit(panicking(file))
	}
	os.Exit(m.Run())
}

func panicking(file string) int {
	f, err := os.Open(file)
	if err != nil {
		return 9
	}
	t, err := export.Read(f)
	if err != nil {
		return 9
	}
	_, err = Run(context.Background(), t, Options{
		Language: explain.English(),
		Again:    func(context.Context) (*trace.Trace, error) { panic("a mistake of ours") },
	})
	fmt.Println("ended:", err)
	if err == nil {
		return 9
	}
	return 0
}

// TestPanicRestoresTheTerminal: a panic restores the terminal and becomes an error.
func TestPanicRestoresTheTerminal(t *testing.T) {
	tmux := labtest.Peer(t, "tmux")
	recording, err := filepath.Abs(filepath.Join("testdata", "flask-demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "tmux") // a socket's path may have 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	do := func(args ...string) string {
		cmd := exec.Command(tmux, append([]string{"-u", "-S", filepath.Join(dir, "s"), "-f", "/dev/null"}, args...)...)
		cmd.Env = append(os.Environ(), "SHELL=/bin/sh", "TMUX=", asWalk+"="+recording)
		out, err := cmd.CombinedOutput()
		if err != nil && args[0] != "kill-server" {
			t.Fatalf("tmux %v: %v: %s", args, err, out)
		}
		return string(out)
	}
	await := func(text string) {
		for end := time.Now().Add(20 * time.Second); !strings.Contains(do("capture-pane", "-p"), text); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%q did not appear:\n%s", text, do("capture-pane", "-p"))
			}
		}
	}
	settings := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(errors.Unwrap(err))
		}
		return string(b)
	}
	do("new-session", "-d", "-x", "100", "-y", "40", "-c", dir,
		fmt.Sprintf("cd %s; stty -g >before; %s 2>said; stty -g >after; echo the end; exec sleep 300", dir, os.Args[0]))
	defer do("kill-server")
	await("#3, hop 1")
	do("send-keys", "r")
	await("the end")
	await("ended: program was killed: program experienced a panic")
	if before, after := settings("before"), settings("after"); before == "" || before != after {
		t.Errorf("the terminal's settings were %q, and are %q", before, after)
	}
	if state := do("display", "-p", "#{alternate_on} #{cursor_flag}"); state != "0 1\n" {
		t.Errorf("the alternate screen and the cursor: %s", state)
	}
}
