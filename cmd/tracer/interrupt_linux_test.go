package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tracer/sim/labtest"
)

// If the proxy reaches nobody, a run ends at its timeout, not when the proxy gives up.
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

// A signal ends standard input, and the packets read so far are shown.
func TestExplainInterrupted(t *testing.T) {
	capture, err := os.ReadFile(dockerCaptures()[1])
	if err != nil {
		t.Fatal(err)
	}
	dir := openToAll(t)
	cmd := command("explain", "-")
	cmd.Env = append(cmd.Env, "TMPDIR="+dir)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close() // stays open until then
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
		size, kept := openIn(t, worker(cmd.Process.Pid), dir)
		return kept && size == int64(len(capture))
	})
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(stdout)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(string(text), "15 packets in 1 conversation") {
		t.Errorf("%v: %s", err, text)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

// openToAll returns a directory that the second process may write to, whatever its user.
func openToAll(t *testing.T) string {
	t.Helper()
	dir := newPlace(t, os.Geteuid()).empty
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// worker returns the second process of a run, or the first if there is no second.
func worker(pid int) int {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, f := range tasks {
		text, _ := os.ReadFile(f) // the process may have ended
		var child int
		if _, err := fmt.Sscan(string(text), &child); err == nil {
			return child
		}
	}
	return pid
}

// openIn returns the size of the file in a directory that a process has open. The file may
// have been unlinked.
func openIn(t *testing.T, pid int, dir string) (size int64, is bool) {
	t.Helper()
	at := fmt.Sprintf("/proc/%d/fd", pid)
	list, err := os.ReadDir(at)
	if err != nil {
		return 0, false
	}
	for _, fd := range list {
		path := filepath.Join(at, fd.Name())
		if to, err := os.Readlink(path); err == nil && strings.HasPrefix(to, dir+"/") {
			if info, err := os.Stat(path); err == nil {
				return info.Size(), true
			}
		}
	}
	return 0, false
}

// Each signal that asks to stop interrupts a verb that is stuck: on a FIFO without a writer,
// a file that takes long, or standard output that nobody reads.
func TestSignalsEnd(t *testing.T) {
	needLab(t)
	dir := openToAll(t)
	fifo := filepath.Join(dir, "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	undecodable := undecodable(t, dir)
	saved := filepath.Join(dir, "saved")
	if err := os.WriteFile(saved, []byte(finishOK(t, "replay", "nginx-2024", "--view", "json")), 0o600); err != nil {
		t.Fatal(err)
	}
	many := []string{"explain"}
	for range 12 {
		many = append(many, dockerCaptures()...)
	}
	inKernel := func(calls ...int) func(*exec.Cmd, *os.File) bool {
		return func(cmd *exec.Cmd, _ *os.File) bool { return inCall(t, cmd.Process.Pid, calls...) }
	}
	full := func(cmd *exec.Cmd, pipe *os.File) bool {
		n, err := unix.IoctlGetInt(int(pipe.Fd()), unix.TIOCINQ)
		return err == nil && n >= 1<<15 && (cmd.Args[1] == "run" || inCall(t, worker(cmd.Process.Pid), unix.SYS_WRITE))
	}
	signals := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}
	for i, c := range []struct {
		name  string
		args  []string
		ready func(*exec.Cmd, *os.File) bool
	}{
		{"explain FIFO", []string{"explain", fifo}, inKernel(unix.SYS_OPENAT)},
		{"replay FIFO", []string{"replay", fifo}, inKernel(unix.SYS_OPENAT)},
		{"export FIFO", []string{"export", fifo}, inKernel(unix.SYS_OPENAT)},
		{"show FIFO", []string{"show", fifo}, inKernel(unix.SYS_OPENAT)},
		{"explain undecodable", []string{"explain", undecodable}, func(cmd *exec.Cmd, _ *os.File) bool {
			_, open := openIn(t, worker(cmd.Process.Pid), dir)
			return open
		}},
		{"explain to nobody", append(many, "--view", "json"), full},
		{"explain text to nobody", append(many, "--view", "text", "--filter", "tcp"), full},
		{"replay to nobody", []string{"replay", saved, "--view", "json"}, full},
		{"run to nobody", []string{"run", "flask-demo", "--view", "json"}, full},
		{"export to nobody", []string{"export", saved, "--format", "json"}, full},
	} {
		sent := signals
		if testing.Short() {
			sent = signals[i%len(signals):][:1]
		}
		for _, sig := range sent {
			out, in, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd := command(c.args...)
			cmd.Env = append(cmd.Env, "TMPDIR="+dir)
			var errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = in, &errs
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			waitFor(t, c.name+" to get there", func() bool { return c.ready(cmd, out) })
			begun := time.Now()
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			limit := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
			err = cmd.Wait()
			limit.Stop()
			if took := time.Since(begun); cmd.ProcessState.ExitCode() != exitFailed || errs.String() != "tracer: interrupted\n" || took > 3*time.Second {
				t.Errorf("%s, %v: after %v: %v, %q", c.name, sig, took, err, errs.String())
			}
			_ = out.Close() // nobody read from it
			_ = in.Close()
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "tracer-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestSignalAnyTime: a signal ends a long analysis, whenever it comes: before the second
// process exists, while it begins, or later.
func TestSignalAnyTime(t *testing.T) {
	needLab(t)
	file := undecodable(t, openToAll(t))
	// Jobs in the background ignore SIGINT, and so would what they start.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGINT)
	defer signal.Stop(caught)
	for delay := time.Duration(0); delay < 100*time.Millisecond; delay += 2 * time.Millisecond {
		cmd := command("explain", file)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(delay)
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		limit := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		limit.Stop()
		status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
		early := status.Signaled() && status.Signal() == syscall.SIGINT // before it caught signals
		if !early && (cmd.ProcessState.ExitCode() != exitFailed || errs.String() != "tracer: interrupted\n") {
			t.Errorf("after %v: %v, %q", delay, err, errs.String())
		}
	}
}

// undecodable writes a small file that takes long to read: 65 million packets without a byte.
func undecodable(t *testing.T, dir string) (path string) {
	t.Helper()
	var b, packets bytes.Buffer
	pcap := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	pcap = append(pcap, make([]byte, 20)...)
	pcap[20] = 1
	member(t, &b, pcap)
	member(t, &packets, make([]byte, 1<<20))
	b.Write(bytes.Repeat(packets.Bytes(), 1000))
	path = filepath.Join(dir, "undecodable.pcap.gz")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// member writes a member of a gzip file.
func member(t *testing.T, w io.Writer, data []byte) {
	t.Helper()
	z := gzip.NewWriter(w)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}

// inCall reports whether a thread of a process is in one of the system calls.
func inCall(t *testing.T, pid int, calls ...int) bool {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, thread := range threads {
		b, err := os.ReadFile(thread)
		if err != nil {
			continue // the thread has ended
		}
		number, _, _ := strings.Cut(string(b), " ")
		if n, err := strconv.Atoi(number); err == nil && slices.Contains(calls, n) {
			return true
		}
	}
	return false
}

// finishOK returns the output of a command that must succeed.
func finishOK(t *testing.T, args ...string) string {
	t.Helper()
	r := tracer(t, args...)
	if r.code != 0 {
		t.Fatalf("%v: %+v", args, r)
	}
	return r.stdout
}

// The shell turns <(…) into a pipe, which is copied before it is read.
func TestExplainPipe(t *testing.T) {
	files := dockerCaptures()
	want := finishOK(t, append([]string{"explain"}, "ens160="+files[1], "docker0="+files[2])...)
	bash := labtest.Peer(t, "bash")
	cmd := exec.Command(bash, "-c", `exec "$0" explain ens160=<(cat "$1") docker0=<(cat "$2")`, os.Args[0], files[1], files[2])
	cmd.Env = append(os.Environ(), asTracer+"=1")
	got := finish(t, cmd)
	if first := strings.Index(want, "\n"); got.code != 0 || len(got.stdout) < first || got.stdout[strings.Index(got.stdout, "\n"):] != want[first:] {
		t.Errorf("%+v, want %s", got, want)
	}
	if r := tracer(t, "explain", "/dev/zero"); r.code != exitUsage || !strings.Contains(r.stderr, "/dev/zero is a device, not a file") {
		t.Errorf("%+v", r)
	}
}
