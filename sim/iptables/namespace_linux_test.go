package iptables

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"tracer/sim/labtest"
	"tracer/sim/netns"
)

func TestMain(m *testing.M) { labtest.Main(m, nil) }

// namespace is a network namespace that is closed when the test ends.
type namespace struct {
	*netns.Namespace
}

func newNamespace(t testing.TB) namespace {
	t.Helper()
	return namespace{labtest.Namespace(t)}
}

// beside adds another thread to the namespace, for concurrent work.
func (n namespace) beside(t testing.TB) namespace {
	t.Helper()
	other, err := n.Join()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Close)
	return namespace{other}
}

// apply and read call Install and Read in the namespace.
func (n namespace) apply(rs Ruleset) error {
	return n.Do(func() error { return rs.Install() })
}

func (n namespace) read() (rs Ruleset, err error) {
	err = n.Do(func() (err error) {
		rs, err = Read()
		return err
	})
	return rs, err
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
	path := labtest.Peer(t, program)
	var out, errs bytes.Buffer
	err = n.Do(func() error {
		cmd := exec.Command(path, args...) // a child of this thread, in its namespace
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
		return cmd.Run()
	})
	return out.String(), errs.String(), err
}

// sh runs a script of commands in the namespace.
func (n namespace) sh(t testing.TB, script string) {
	t.Helper()
	labtest.Peer(t, "iptables")
	n.run(t, script, "sh", "-e")
}

// iptablesS returns the lines of iptables -t table -S.
func (n namespace) iptablesS(t testing.TB, table string) []string {
	t.Helper()
	return n.tableS(t, IPv4, table)
}

// tableS is iptablesS for a table of either family.
func (n namespace) tableS(t testing.TB, f Family, table string) []string {
	t.Helper()
	return strings.Split(strings.TrimRight(n.run(t, "", f.command(), "-t", table, "-S"), "\n"), "\n")
}
