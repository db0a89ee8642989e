package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReplay: what a run showed is what its recording shows.
func TestReplay(t *testing.T) {
	needLab(t)
	dir := filepath.Join(t.TempDir(), "trace")
	run := tracer(t, "run", "flask-demo", "--view", "text", "--out", dir)
	if run.code != 0 {
		t.Fatal(run.stderr)
	}
	if again := tracer(t, "replay", dir); again.code != 0 || again.stdout != run.stdout {
		t.Errorf("code %d: %s\n%s", again.code, again.stderr, again.stdout)
	}
	file := filepath.Join(dir, "trace.json")
	saved, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if again := tracer(t, "replay", file, "--view", "json"); again.code != 0 || again.stdout != string(saved) {
		t.Errorf("code %d: %s", again.code, again.stderr)
	}
	for arg, want := range map[string]string{
		filepath.Join(dir, "none.json"):    "no such file",
		filepath.Join(dir, "docker0.pcap"): "invalid character",
	} {
		if r := tracer(t, "replay", arg); r.code != exitUsage || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: code %d: %s", arg, r.code, r.stderr)
		}
	}
}

// TestReplayWalk: a recording opens the walk; there is no network behind it.
func TestReplayWalk(t *testing.T) {
	recording, err := filepath.Abs(filepath.Join("..", "..", "tui", "testdata", "unpublished.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := newScreen(t, 80, 24, "$TRACER replay "+recording)
	s.await("#3 TCP SYN", "hop 1 of 2")
	s.press("n")
	s.await("✗ dropped by host at forward: no rule of filter FORWARD accepted it, and its policy is drop", "forward✗")
	s.press("r")
	s.await("this trace is a recording")
	s.press("q")
	s.await("unpublished: 7 packets, 2 delivered, 5 not")
}
