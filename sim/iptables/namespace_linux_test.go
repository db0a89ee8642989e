package iptables

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// namespace is a network namespace of the test's own. Its descriptor keeps it.
type namespace struct {
	file *os.File
}

func (n namespace) fd() int { return int(n.file.Fd()) }

// newNamespace makes one on a thread that dies right after.
func newNamespace(t testing.TB) namespace {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("making a network namespace needs root")
	}
	var ns namespace
	var err error
	onThread(func() {
		if err = unix.Unshare(unix.CLONE_NEWNET); err == nil {
			ns.file, err = os.Open("/proc/thread-self/ns/net")
		}
	})
	if err != nil {
		t.Fatalf("new network namespace: %v", err)
	}
	t.Cleanup(func() { ns.file.Close() })
	return ns
}

// onThread runs f on a thread that no other goroutine ever uses.
func onThread(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		f()
	}()
	<-done
}

// apply and read call Apply and Read on a thread in the namespace.
func (n namespace) apply(rs Ruleset) (err error) {
	n.enter(func() { err = Apply(rs) })
	return err
}

func (n namespace) read() (rs Ruleset, err error) {
	n.enter(func() { rs, err = Read() })
	return rs, err
}

// enter runs f on a thread in the namespace.
func (n namespace) enter(f func()) {
	onThread(func() {
		if err := unix.Setns(n.fd(), unix.CLONE_NEWNET); err != nil {
			panic(err)
		}
		f()
	})
}

// run runs a peer program in the namespace and returns its standard output.
func (n namespace) run(t testing.TB, stdin, program string, args ...string) string {
	t.Helper()
	out, stderr, err := n.try(t, stdin, program, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, stderr)
	}
	return out
}

func (n namespace) try(t testing.TB, stdin, program string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	path := peer(t, program)
	var out, errs bytes.Buffer
	onThread(func() {
		if err = unix.Setns(n.fd(), unix.CLONE_NEWNET); err != nil {
			return
		}
		cmd := exec.Command(path, args...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
		err = cmd.Run()
	})
	return out.String(), errs.String(), err
}

// sh runs a script of commands in the namespace.
func (n namespace) sh(t testing.TB, script string) {
	t.Helper()
	peer(t, "iptables")
	n.run(t, script, "sh", "-e")
}

// iptablesS returns the lines of iptables -t table -S.
func (n namespace) iptablesS(t testing.TB, table string) []string {
	t.Helper()
	return strings.Split(strings.TrimRight(n.run(t, "", "iptables", "-t", table, "-S"), "\n"), "\n")
}

// peer finds a program to judge by.
func peer(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	if os.Getenv("TRACER_REQUIRE_PEERS") != "" {
		t.Fatalf("no %s to compare with: %v", program, err)
	}
	t.Skipf("no %s to compare with: %v", program, err)
	return ""
}
