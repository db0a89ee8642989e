package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tracer/sim/labtest"
)

// place holds everything that a run by a user other than root needs.
type place struct {
	binary    string // this test binary
	scenarios string
	empty     string // directory for work and for temporary files
}

func newPlace(t testing.TB, owner int) place {
	t.Helper()
	dir, err := os.MkdirTemp("", "tracer-kill-") // only root may enter t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := place{binary: filepath.Join(dir, "tracer.test"), scenarios: filepath.Join(dir, "scenarios"), empty: filepath.Join(dir, "empty")}
	binary, err := os.ReadFile("/proc/self/exe")
	for _, f := range []func() error{
		func() error { return err },
		func() error { return os.Chmod(dir, 0o755) },
		func() error { return os.WriteFile(p.binary, binary, 0o755) },
		func() error { return os.Mkdir(p.scenarios, 0o755) },
		func() error { return os.Link(p.binary, filepath.Join(p.scenarios, "program")) },
		func() error { return os.Mkdir(p.empty, 0o755) },
		func() error { return os.Chown(p.empty, owner, owner) },
	} {
		if err := f(); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// stage is a moment of a run at which to end it, or a span of time within which to end it.
type stage struct {
	name    string
	command string                     // of the service; ./program is this binary
	reached func(cmdlines string) bool // by the command lines of all processes of the run
	span    time.Duration              // without reached: from the start of the run
	whole   bool                       // the run may finish earlier
}

var stages = []stage{
	{name: "building", command: `[sh, -c, "sleep 60 & sleep 60; :"]`, span: 60 * time.Millisecond},
	{name: "the program has a child", command: `[sh, -c, "sh -c 'sleep 60; :' & sleep 60; :"]`, reached: func(lines string) bool {
		return strings.Count(lines, "sleep\x0060\x00") == 2
	}},
	{name: "the request is under way", command: "[./program, " + hang + "]", reached: func(lines string) bool {
		return strings.Contains(lines, "sleep\x0060\x00") // the program got the request
	}},
	{name: "from the beginning to the end", span: 150 * time.Millisecond, whole: true},
}

// rounds returns how often to end a run at the stage. The rounds of a span divide it among
// them.
func (s stage) rounds() int {
	switch quick := testing.Short() || withRace; {
	case s.span == 0 && quick:
		return 1
	case s.span == 0:
		return 2
	case quick:
		return 4
	default:
		return 10
	}
}

// scenario writes the stage's scenario, whose service never answers.
func (s stage) scenario(t testing.TB, p place) string {
	t.Helper()
	if s.whole {
		return "flask-demo"
	}
	text := embedded(t, "    http: { port: 5000, body: Hello }", "    exec: { port: 5000, command: "+s.command+" }")
	path := filepath.Join(p.scenarios, "hanging.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// moment returns when to end a run in a round, after its start: a random moment in the
// round's part of the span.
func (s stage) moment(random *rand.Rand, round int) time.Duration {
	part := s.span / time.Duration(s.rounds())
	return time.Duration(round)*part + time.Duration(random.Int64N(int64(part)))
}

// wait waits until a run has reached the stage.
func (s stage) wait(t testing.TB, pid int) {
	t.Helper()
	waitFor(t, s.name, func() bool {
		var lines strings.Builder
		for _, pid := range running(pid) {
			line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // the process may have ended
			lines.Write(line)
		}
		return s.reached(lines.String())
	})
}

// TestSignals ends runs in the middle, as root and as an unprivileged user, and checks that
// nothing is left: no process, and thus no namespace, no mount, no link, no file.
func TestSignals(t *testing.T) {
	needLab(t)
	adopt(t)
	random := labtest.Random(t)
	const nobody = 65534
	for _, user := range []struct {
		name string
		id   int
	}{{"as we are", os.Geteuid()}, {"as a plain user", nobody}} {
		t.Run(user.name, func(t *testing.T) {
			var attr syscall.SysProcAttr
			if user.id != os.Geteuid() {
				if !labtest.MachineRoot(t) {
					t.Skip("only root can become another user")
				}
				attr.Credential = &syscall.Credential{Uid: uint32(user.id), Gid: uint32(user.id)}
			}
			attr.Setpgid = true
			p := newPlace(t, user.id)
			for _, c := range []struct {
				sig   syscall.Signal
				group bool // to all processes, as from a terminal
			}{{syscall.SIGKILL, false}, {syscall.SIGTERM, false}, {syscall.SIGINT, false}, {syscall.SIGINT, true}} {
				for _, s := range stages {
					name := c.sig.String() + ", " + s.name
					if c.group {
						name += ", all"
					}
					t.Run(name, func(t *testing.T) { endInTheMiddle(t, p, attr, c.sig, c.group, s, random) })
				}
			}
		})
	}
}

// TestTimeout: traffic that does not end is stopped, and the packets so far are shown.
func TestTimeout(t *testing.T) {
	needLab(t)
	file := stages[2].scenario(t, newPlace(t, os.Geteuid()))
	r := tracer(t, "run", file, "--allow-exec", "--timeout", "700ms")
	if r.code != exitFailed || !strings.Contains(r.stdout, "TCP SYN-ACK") || !strings.Contains(r.stderr, "the traffic did not end within 700ms (--timeout)") {
		t.Errorf("%+v", r)
	}
	if r := tracer(t, "run", "flask-demo", "--timeout", "0s"); r.code != exitUsage {
		t.Errorf("%+v", r)
	}
}

func endInTheMiddle(t *testing.T, p place, attr syscall.SysProcAttr, sig syscall.Signal, group bool, s stage, random *rand.Rand) {
	file := s.scenario(t, p)
	for round := range s.rounds() {
		before := observe(t)
		cmd := command("run", file, "--allow-exec")
		cmd.Path, cmd.Dir, cmd.SysProcAttr = p.binary, p.empty, &attr
		cmd.Env = append(cmd.Env, "TMPDIR="+p.empty, "HOME="+p.empty)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if s.span > 0 {
			time.Sleep(s.moment(random, round))
		} else {
			s.wait(t, cmd.Process.Pid)
		}
		target := cmd.Process.Pid
		if group {
			target = -target
		}
		if err := syscall.Kill(target, sig); err != nil && (!s.whole || !errors.Is(err, syscall.ESRCH)) {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err == nil && !s.whole {
				t.Error("it succeeded")
			}
		case <-time.After(patience):
			cmd.Process.Kill()
			t.Fatalf("%s did not end it", sig)
		}
		settles(t, before)
		if left, err := os.ReadDir(p.empty); err != nil || len(left) > 0 {
			t.Fatalf("files left behind: %v, %v", left, err)
		}
		// Signals other than SIGKILL show the packets so far.
		if sig != syscall.SIGKILL && s.name == "the request is under way" {
			if code := cmd.ProcessState.ExitCode(); code != exitFailed || errs.String() != "tracer: interrupted\n" || !strings.Contains(out.String(), "TCP SYN-ACK") {
				t.Fatalf("exit code %d, %q, %s", code, errs.String(), out.String())
			}
		}
	}
}

// patience is how long tests wait for what a run does in the background: a kernel in which other
// tests take namespaces down takes seconds to close a process's sockets. Programs that a run must
// not leave behind live longer.
const patience = 30 * time.Second

func waitFor(t testing.TB, what string, done func() bool) {
	t.Helper()
	for limit := time.Now().Add(patience); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("waited too long for %s", what)
		}
	}
}
