package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// machine is the state that a run must leave unchanged: this process's descendants, the
// mounts, this namespace's links, and the places for named namespaces and run-time files. A
// network namespace that none of these refers to no longer exists.
type machine struct {
	processes []string
	mounts    []string
	links     []string
	run       []string
}

// adopt makes this process the parent of orphaned processes of a run, so that observe finds
// them, until the test ends.
func adopt(t testing.TB) {
	t.Helper()
	subreaper := func(on uintptr) {
		if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, on, 0, 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	subreaper(1)
	t.Cleanup(func() { subreaper(0) })
}

func observe(t testing.TB) machine {
	t.Helper()
	var m machine
	for _, pid := range running(os.Getpid())[1:] {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // the process may have ended
		m.processes = append(m.processes, fmt.Sprintf("%d %q", pid, line))
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	m.mounts = strings.Split(string(mounts), "\n")
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

// running returns a process and its descendants, without those that have ended.
func running(pid int) (list []int) {
	list = append(list, pid)
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, f := range tasks {
		text, _ := os.ReadFile(f) // the process may have ended
		for _, field := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(field)
			if err == nil && !zombie(child) {
				list = append(list, running(child)...)
			}
		}
	}
	return list
}

// zombie reports whether a process has ended, even if nobody has waited for it yet.
func zombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, state, _ := strings.Cut(string(stat), ") ") // after the process's name
	return strings.HasPrefix(state, "Z")
}

// settles waits until nothing of a run is left. Other programs may change the machine at the
// same time.
func settles(t testing.TB, before machine) {
	t.Helper()
	var left machine
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(2 * time.Millisecond) {
		now := observe(t)
		left = machine{
			added(before.processes, now.processes), added(before.mounts, now.mounts),
			added(before.links, now.links), added(before.run, now.run),
		}
		if len(left.processes)+len(left.mounts)+len(left.links)+len(left.run) == 0 {
			return
		}
	}
	t.Fatalf("left behind: %+v", left)
}

// added returns the new elements of a list.
func added(before, now []string) (list []string) {
	for _, s := range now {
		if !slices.Contains(before, s) {
			list = append(list, s)
		}
	}
	return list
}
