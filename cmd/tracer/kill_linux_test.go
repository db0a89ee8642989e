package main

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tracer/sim/labtest"
)

// machine is what a run must leave as it was: the processes with a mark in
// their environment, the network namespaces, the mounts, this namespace's links,
// and the places for named namespaces and run-time files.
type machine struct {
	marked     []string
	namespaces []string
	mounts     string
	links      []string
	run        []string
}

func observe(t testing.TB, mark string) machine {
	t.Helper()
	var m machine
	procs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range procs {
		if env, err := os.ReadFile(p + "/environ"); err == nil && strings.Contains(string(env), mark) {
			m.marked = append(m.marked, p)
			m.marked = append(m.marked, descendants(p)...)
		}
		threads, _ := filepath.Glob(p + "/task/*/ns/net")
		for _, f := range threads {
			if ns, err := os.Readlink(f); err == nil && !slices.Contains(m.namespaces, ns) {
				m.namespaces = append(m.namespaces, ns)
			}
		}
	}
	slices.Sort(m.namespaces)
	slices.Sort(m.marked)
	m.marked = slices.Compact(m.marked)
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	m.mounts = string(mounts)
	links, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		m.links = append(m.links, l.Name)
	}
	for _, dir := range []string{"/run/*", "/run/netns/*"} {
		files, err := filepath.Glob(dir)
		if err != nil {
			t.Fatal(err)
		}
		m.run = append(m.run, files...)
	}
	return m
}

// descendants are the processes that one has started, and they in turn: programs of a
// scenario have no mark in their environment.
func descendants(process string) (list []string) {
	tasks, _ := filepath.Glob(process + "/task/*/children")
	for _, f := range tasks {
		text, _ := os.ReadFile(f) // it may have ended
		for _, pid := range strings.Fields(string(text)) {
			list = append(list, "/proc/"+pid)
			list = append(list, descendants("/proc/"+pid)...)
		}
	}
	return list
}

// settles waits until nothing of a run is left.
func settles(t testing.TB, mark string, before machine) {
	t.Helper()
	var now machine
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); time.Sleep(2 * time.Millisecond) {
		now = observe(t, mark)
		if len(now.marked) == 0 && !slices.ContainsFunc(now.namespaces, func(ns string) bool {
			return !slices.Contains(before.namespaces, ns) && ours(ns, mark)
		}) && now.mounts == before.mounts && slices.Equal(now.links, before.links) && slices.Equal(now.run, before.run) {
			return
		}
	}
	t.Fatalf("left behind: processes %v, namespaces %v of %v", now.marked, now.namespaces, before.namespaces)
}

// ours reports whether a namespace is held by a process with the mark: other
// tests may make namespaces at the same time.
func ours(ns, mark string) bool {
	procs, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range procs {
		env, err := os.ReadFile(p + "/environ")
		if err != nil || !strings.Contains(string(env), mark) {
			continue
		}
		threads, _ := filepath.Glob(p + "/task/*/ns/net")
		for _, f := range threads {
			if got, err := os.Readlink(f); err == nil && got == ns {
				return true
			}
		}
	}
	return false
}

// place is where a user who is not root can find all that a run needs.
type place struct {
	binary    string // this test binary
	scenarios string
	empty     string // working directory, and that for temporary files
}

func newPlace(t testing.TB, owner int) place {
	t.Helper()
	dir, err := os.MkdirTemp("", "tracer-kill-") // not t.TempDir, which only root may enter
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

// stage is a moment of a run to end it at.
type stage struct {
	name    string
	command string                     // of the service; ./program is this binary
	reached func(cmdlines string) bool // by the command lines of all processes of the run; nil: at a random moment
	whole   bool                       // the run may come to its end before
}

var stages = []stage{
	{name: "building", command: `[sh, -c, "sleep 60 & sleep 60; :"]`},
	{name: "the program has a child", command: `[sh, -c, "sh -c 'sleep 60; :' & sleep 60; :"]`, reached: func(lines string) bool {
		return strings.Count(lines, "sleep\x0060\x00") == 2
	}},
	{name: "the request is under way", command: "[./program, " + hang + "]", reached: func(lines string) bool {
		return strings.Contains(lines, "sleep\x0060\x00") // the program was asked
	}},
	{name: "from the beginning to the end", whole: true},
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

func (s stage) wait(t testing.TB, random *rand.Rand, mark string) {
	t.Helper()
	if s.whole {
		time.Sleep(time.Duration(random.IntN(150_000)) * time.Microsecond)
		return
	}
	if s.reached == nil {
		time.Sleep(time.Duration(random.IntN(random.IntN(60_000)+1)) * time.Microsecond) // rather early
		return
	}
	waitFor(t, s.name, func() bool {
		var lines strings.Builder
		for _, p := range observe(t, mark).marked {
			line, _ := os.ReadFile(p + "/cmdline")
			lines.Write(line)
		}
		return s.reached(lines.String())
	})
}

// TestSignals ends runs in the middle, as root and as a plain user, and looks
// whether anything is left: a process, a namespace, a mount, a file.
func TestSignals(t *testing.T) {
	needLab(t)
	random := labtest.Random(t)
	const nobody = 65534
	for _, user := range []struct {
		name string
		id   int
	}{{"as we are", os.Geteuid()}, {"as a plain user", nobody}} {
		t.Run(user.name, func(t *testing.T) {
			var attr syscall.SysProcAttr
			if user.id != os.Geteuid() {
				if !initialUserNamespace(t) {
					t.Skip("only root can become another user")
				}
				attr.Credential = &syscall.Credential{Uid: uint32(user.id), Gid: uint32(user.id)}
			}
			attr.Setpgid = true
			p := newPlace(t, user.id)
			for _, c := range []struct {
				sig   syscall.Signal
				group bool // to all processes, as the terminal does
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

// TestTimeout: traffic that does not end is ended, and what was seen until then is
// shown.
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
	rounds := 4
	if testing.Short() || withRace {
		rounds = 1
	}
	switch {
	case s.whole:
		rounds *= 7
	case s.reached == nil:
		rounds *= 4
	}
	file := s.scenario(t, p)
	for range rounds {
		mark := "TRACER_TEST_MARK_" + strconv.FormatUint(random.Uint64(), 36)
		before := observe(t, mark)
		cmd := command("run", file, "--allow-exec")
		cmd.Path, cmd.Dir, cmd.SysProcAttr = p.binary, p.empty, &attr
		cmd.Env = append(cmd.Env, mark+"=1", "TMPDIR="+p.empty, "HOME="+p.empty)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		s.wait(t, random, mark)
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
		case <-time.After(5 * time.Second):
			cmd.Process.Kill()
			t.Fatalf("%s did not end it", sig)
		}
		settles(t, mark, before)
		if left, err := os.ReadDir(p.empty); err != nil || len(left) > 0 {
			t.Fatalf("files left behind: %v, %v", left, err)
		}
		// Who asks politely is told what was seen until then.
		if sig != syscall.SIGKILL && s.name == "the request is under way" {
			if code := cmd.ProcessState.ExitCode(); code != exitFailed || errs.String() != "tracer: interrupted\n" || !strings.Contains(out.String(), "TCP SYN-ACK") {
				t.Fatalf("exit code %d, %q, %s", code, errs.String(), out.String())
			}
		}
	}
}

// initialUserNamespace reports whether the test is root of the machine, and not
// of a user namespace: there, one user is mapped and no other can be become.
func initialUserNamespace(t testing.TB) bool {
	t.Helper()
	mapping, err := os.ReadFile("/proc/self/uid_map")
	if err != nil {
		t.Fatal(err)
	}
	return os.Geteuid() == 0 && strings.Join(strings.Fields(string(mapping)), " ") == "0 0 4294967295"
}

func waitFor(t testing.TB, what string, done func() bool) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("waited too long for %s", what)
		}
	}
}
