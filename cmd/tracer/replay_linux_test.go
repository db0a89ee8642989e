package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReplay: a recording shows the same as its run.
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
	merged := filepath.Join(dir, "flask-demo.pcapng")
	if again := tracer(t, "replay", merged, "--view", "json"); again.code != 0 || again.stdout != string(saved) {
		t.Errorf("from the pcapng: code %d: %s", again.code, again.stderr)
	}
	if again := tracer(t, "export", merged, "--format", "json"); again.code != 0 || again.stdout != string(saved) {
		t.Errorf("exported from the pcapng: code %d: %s", again.code, again.stderr)
	}
	if again := tracer(t, "export", dir, "--format", "text"); again.code != 0 || again.stdout != run.stdout {
		t.Errorf("exported as text: code %d: %s", again.code, again.stderr)
	}
	captures := filepath.Join(t.TempDir(), "captures")
	if r := tracer(t, "export", merged, "--format", "pcap", "--out", captures); r.code != 0 {
		t.Errorf("exported as pcap: code %d: %s", r.code, r.stderr)
	}
	for _, name := range []string{"client-eth0.pcap", "ens160.pcap", "docker0.pcap", "flask-eth0.pcap"} {
		a, err1 := os.ReadFile(filepath.Join(captures, name))
		b, err2 := os.ReadFile(filepath.Join(dir, name))
		if err1 != nil || err2 != nil || !bytes.Equal(a, b) {
			t.Errorf("%s is not the same: %v, %v", name, err1, err2)
		}
	}
	cut := filepath.Join(t.TempDir(), "cut.json")
	if err := os.WriteFile(cut, saved[:len(saved)-2000], 0o600); err != nil {
		t.Fatal(err)
	}
	if r := tracer(t, "replay", cut, "--view", "text"); r.code != exitUsage || !strings.Contains(r.stdout, "#3  TCP SYN") || !strings.Contains(r.stderr, "the file ends in the middle, at offset") {
		t.Errorf("cut off: code %d: %s\n%s", r.code, r.stderr, r.stdout)
	}
	capture := filepath.Join(dir, "docker0.pcap")
	want := "tracer: " + capture + " is a capture without a trace\ntry: tracer explain " + capture + "\n"
	if r := tracer(t, "replay", capture); r.code != exitUsage || r.stderr != want {
		t.Errorf("code %d: %s", r.code, r.stderr)
	}
}

// TestReplayWalk: a recording opens the walk, without a network.
func TestReplayWalk(t *testing.T) {
	recording, err := filepath.Abs(filepath.Join("..", "..", "tui", "testdata", "unpublished.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := newScreen(t, 80, 24, "$TRACER replay "+recording)
	s.await("#3 TCP SYN", "#3, hop 1")
	s.press("n")
	s.await("✗ dropped by host at forward: no rule in filter FORWARD accepted it; policy drop", "forward✗")
	s.press("r")
	s.await("this trace is a recording")
	s.press("q")
	s.await("unpublished: 7 packets: 2 delivered, 5 dropped")
}

// TestReplayASCII: if the locale is not UTF-8, the walk uses only ASCII characters, as with
// --ascii.
func TestReplayASCII(t *testing.T) {
	for _, call := range []string{"LC_ALL=C $TRACER replay flask-demo", "LC_ALL= LC_CTYPE=POSIX $TRACER replay flask-demo", "$TRACER replay flask-demo --ascii"} {
		s := newScreen(t, 80, 24, call)
		s.await("any key begins the walk")
		s.press("Enter")
		s.await("#3 TCP SYN", "right next step")
		if text := s.text(); strings.ContainsFunc(text, func(r rune) bool { return r > '~' }) {
			t.Errorf("%s:\n%s", call, text)
		}
	}
}
