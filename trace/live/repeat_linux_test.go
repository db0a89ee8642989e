package live

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"tracer/sim/labtest"
	"tracer/trace"
)

var update = flag.Bool("update", false, "write the golden files anew")

// runs is how many times TestRepeat runs each variant: 200 in CI.
func runs(t *testing.T) int {
	if s := os.Getenv("TRACER_RUNS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("TRACER_RUNS: %v", err)
		}
		return n
	}
	if testing.Short() {
		return 2
	}
	return 20
}

// TestRepeat: every run produces the same journeys, whether or not bridged frames pass
// iptables, and whether or not the rule trace names conntrack entries. On a machine that
// stands still for a while, TCP sends a segment again: a trace may show as many of them as
// the kernel counts.
func TestRepeat(t *testing.T) {
	const golden = "testdata/flask-demo.journeys"
	if *update {
		text := strings.Join(canonical(flask(t, "1", Options{})), "\n")
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		name            string
		bridgeNetfilter string
		options         Options
	}{
		{"bridge netfilter on", "1", Options{}},
		{"bridge netfilter off", "0", Options{}},
		{"no conntrack in the trace", "1", Options{IgnoreConntrack: true}},
		{"neither", "0", Options{IgnoreConntrack: true}},
	} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			for i := range runs(t) {
				tr, retransmitted := flaskCounted(t, v.bridgeNetfilter, v.options)
				if got := len(tr.Retransmissions()); got != retransmitted {
					t.Errorf("run %d: %d retransmissions, and the kernel counts %d", i, got, retransmitted)
				}
				if gaps := gapsOf(tr); gaps != (trace.Gaps{}) {
					t.Errorf("run %d: gaps: %+v\n%s", i, gaps, strings.Join(ambiguous(tr), "\n"))
				}
				for _, f := range unaccounted(tr) {
					t.Errorf("run %d: %s", i, f)
				}
				if got := canonical(tr); strings.Join(got, "\n") != string(want) {
					t.Fatalf("run %d: journeys\n%s", i, difference(got, strings.Split(string(want), "\n\n")))
				}
			}
		})
	}
}

// difference lists the journeys that are in only one of the lists.
func difference(got, want []string) string {
	var b strings.Builder
	trim := func(list []string) (out []string) {
		for _, s := range list {
			out = append(out, strings.TrimSpace(s))
		}
		return out
	}
	got, want = trim(got), trim(want)
	for _, s := range got {
		if i := slices.Index(want, s); i >= 0 {
			want = slices.Delete(want, i, i+1)
			continue
		}
		b.WriteString("got, and not expected: " + s + "\n")
	}
	for _, s := range want {
		b.WriteString("expected, and not got: " + s + "\n")
	}
	return b.String()
}

// TestRepeatAsPlainUser runs TestRepeat as a plain user, in a user namespace.
func TestRepeatAsPlainUser(t *testing.T) {
	if !labtest.MachineRoot(t) {
		t.Skip("these tests run as a plain user already")
	}
	const nobody = 65534
	dir, err := os.MkdirTemp("", "tracer-plain-") // not t.TempDir, which only root can enter
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("testdata/flask-demo.journeys")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "testdata"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "testdata", "flask-demo.journeys"), golden, 0o644); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "live.test")
	if err := os.WriteFile(copied, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), copied, "-test.run", "^TestRepeat$", "-test.v", "-test.short="+strconv.FormatBool(testing.Short()))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), fmt.Sprintf("TRACER_RUNS=%d", min(runs(t), 20)))
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: nobody, Gid: nobody},
		Pdeathsig:  syscall.SIGKILL,
	}
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "    --- PASS: TestRepeat/") != 4 {
		t.Fatalf("%v\n%s", err, out)
	}
}
