package labtest

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// requirePeers is the environment variable that makes a missing peer a failure.
const requirePeers = "TRACER_REQUIRE_PEERS"

// Peer returns the path of a program that a test compares tracer with, or needs for its
// setup. If the program is not installed, the test is skipped; with
// TRACER_REQUIRE_PEERS=1 it fails.
func Peer(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Lack(t, "%s is not installed", name)
	}
	return path
}

// Installed is like Peer, for a test that can do without the program: if it is not
// installed, the path is empty.
func Installed(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv(requirePeers) != "" {
		Lack(t, "%s is not installed", name)
	}
	return path
}

// Lack ends a test that has nothing to compare with: it is skipped; with
// TRACER_REQUIRE_PEERS=1 it fails.
func Lack(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv(requirePeers) != "" {
		t.Fatalf(requirePeers+" is set, and "+format, args...)
	}
	t.Skipf(format, args...)
}

// Output runs a [Peer] and returns its standard output. If the program fails, so does
// the test.
func Output(t testing.TB, name string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(Peer(t, name), args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, &stderr)
	}
	return stdout.String()
}

// File returns the path of a peer that is not on PATH, such as a jar or a script. An environment
// variable names it. If the variable is not set, the test is skipped as by [Peer].
func File(t testing.TB, variable string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		Lack(t, "%s is not set", variable)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return path
}
