package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Where the proxy reaches nobody, a run ends when it is to, and not when the proxy
// gives up.
func TestProxyReachesNobody(t *testing.T) {
	needLab(t)
	text, err := os.ReadFile(filepath.Join("..", "..", "scenarios", "localhost.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := strings.Cut(string(text), "\nexpect:")
	if !found {
		t.Fatal("localhost.yaml expects nothing")
	}
	file := write(t, "hole.yaml", head+`
faults:
  hole:
    title: The container cannot be reached
    story: The host drops what it sends to docker0.
    answer: By its own rule.
    rules:
      host: ["-A OUTPUT -o docker0 -p tcp -j DROP"]
    expect:
      - every: packet
        outcome: delivered
`)
	begun := time.Now()
	r := tracer(t, "run", file, "--fault", "hole", "--timeout", "500ms")
	if took := time.Since(begun); r.code != exitFailed || !strings.Contains(r.stderr, "did not end within 500ms") || took > 5*time.Second {
		t.Errorf("after %v: %+v", took, r)
	}
}

// A signal ends standard input, and what had come is shown.
func TestExplainInterrupted(t *testing.T) {
	capture, err := os.ReadFile(dockerCaptures()[1])
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := command("explain", "-")
	cmd.Env = append(cmd.Env, "TMPDIR="+dir)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close() // it stays open until then
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := stdin.Write(capture); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the capture to be kept", func() bool {
		files, err := os.ReadDir(dir)
		if err != nil || len(files) == 0 {
			return false
		}
		info, err := files[0].Info()
		return err == nil && info.Size() == int64(len(capture))
	})
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(stdout)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(string(text), "15 packets of 1 connection") {
		t.Errorf("%v: %s", err, text)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}
