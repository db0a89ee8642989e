package labtest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// ending records how a test ended.
type ending struct {
	testing.TB
	skipped, failed, log string
}

func (e *ending) Skipf(format string, args ...any) {
	e.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}
func (e *ending) Fatalf(format string, args ...any) {
	e.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}
func (e *ending) Logf(format string, args ...any) { e.log += fmt.Sprintf(format, args...) }

// run runs a test to its end.
func run(t *testing.T, test func(testing.TB)) *ending {
	e := &ending{TB: t}
	done := make(chan struct{})
	go func() { defer close(done); test(e) }()
	<-done
	return e
}

func TestPeer(t *testing.T) {
	missing := func(t testing.TB) { Peer(t, "no-such-program") }
	t.Setenv(requirePeers, "")
	if e := run(t, missing); e.skipped != "no-such-program is not installed" || e.failed != "" {
		t.Errorf("a missing peer: %+v", e)
	}
	t.Setenv(requirePeers, "1")
	if e := run(t, missing); e.skipped != "" || !strings.Contains(e.failed, "no-such-program is not installed") {
		t.Errorf("a missing peer that is required: %+v", e)
	}
	if e := run(t, func(t testing.TB) {
		if Peer(t, "go") == "" || !strings.HasPrefix(Output(t, "go", "version"), "go version ") {
			t.Errorf("go is not found")
		}
		Output(t, "go", "no-such-command")
	}); e.skipped != "" || !strings.Contains(e.failed, "unknown command") {
		t.Errorf("a peer that fails: %+v", e)
	}
}

func TestSeed(t *testing.T) {
	t.Setenv(seedVariable, "")
	if e := run(t, func(t testing.TB) {
		if a, b := Random(t).Uint64(), Random(t).Uint64(); a != b {
			t.Errorf("two runs draw %d and %d", a, b)
		}
	}); !strings.Contains(e.log, "TRACER_SEED=1") {
		t.Errorf("the seed is not in the log: %q", e.log)
	}
	t.Setenv(seedVariable, "42")
	if got := Seed(t); got != 42 {
		t.Errorf("seed %d", got)
	}
	t.Setenv(seedVariable, "-1")
	if e := run(t, func(t testing.TB) { Seed(t) }); !strings.Contains(e.failed, "TRACER_SEED") {
		t.Errorf("a wrong seed: %+v", e)
	}
}
