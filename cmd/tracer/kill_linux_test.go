package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// machine is what a run must leave as it was: the processes with a mark in
// their environment, the network namespaces, the mounts.
type machine struct {
	marked     []string
	namespaces []string
	mounts     string
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
		}
		threads, _ := filepath.Glob(p + "/task/*/ns/net")
		for _, f := range threads {
			if ns, err := os.Readlink(f); err == nil && !slices.Contains(m.namespaces, ns) {
				m.namespaces = append(m.namespaces, ns)
			}
		}
	}
	slices.Sort(m.namespaces)
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	m.mounts = string(mounts)
	return m
}

// settles waits until nothing of a run is left.
func settles(t testing.TB, mark string, before machine) {
	t.Helper()
	var now machine
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); time.Sleep(2 * time.Millisecond) {
		now = observe(t, mark)
		if len(now.marked) == 0 && !slices.ContainsFunc(now.namespaces, func(ns string) bool {
			return !slices.Contains(before.namespaces, ns) && ours(ns, mark)
		}) && now.mounts == before.mounts {
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

// hanging is a scenario whose service is a shell that starts another, and
// never listens.
func hanging(t testing.TB, mark string) string {
	text := embedded(t, "    http: { port: 5000, body: Hello }",
		fmt.Sprintf("    exec: { port: 5000, command: [sh, -c, \"%s=1 sh -c 'sleep 60; :' & sleep 60; :\"] }", mark))
	return write(t, "hanging.yaml", text)
}

// TestSignals ends runs in the middle, at moments that are drawn anew each
// time, and looks whether anything is left.
func TestSignals(t *testing.T) {
	needLab(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	rounds := 8
	if testing.Short() {
		rounds = 2
	}
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			for round := range rounds {
				mark := "TRACER_TEST_MARK_" + strconv.FormatUint(random.Uint64(), 36)
				file := hanging(t, mark)
				before := observe(t, mark)
				cmd := command("run", file)
				cmd.Env = append(cmd.Env, mark+"=1")
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				if round%2 == 0 {
					// In the middle of building, somewhere.
					time.Sleep(time.Duration(random.IntN(40)) * time.Millisecond)
				} else {
					// When the program and its child are there.
					waitFor(t, "the program's child", func() bool {
						return slices.ContainsFunc(observe(t, mark).marked, func(p string) bool {
							line, err := os.ReadFile(p + "/cmdline")
							return err == nil && strings.HasPrefix(string(line), "sh\x00-c\x00sleep")
						})
					})
				}
				if err := cmd.Process.Signal(sig); err != nil {
					t.Fatal(err)
				}
				ended := make(chan error, 1)
				go func() { ended <- cmd.Wait() }()
				select {
				case err := <-ended:
					if err == nil {
						t.Error("it succeeded")
					}
				case <-time.After(5 * time.Second):
					cmd.Process.Kill()
					t.Fatalf("%s did not end it", sig)
				}
				settles(t, mark, before)
			}
		})
	}
}

func waitFor(t testing.TB, what string, done func() bool) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("waited too long for %s", what)
		}
	}
}
