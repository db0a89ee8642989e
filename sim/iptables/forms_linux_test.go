package iptables

import (
	"slices"
	"strings"
	"testing"
)

// pair is two namespaces with the same chains: real iptables writes to one, the engine to
// the other.
type pair struct{ theirs, ours namespace }

func newPair(t testing.TB) pair {
	return pair{newNamespace(t), newNamespace(t)}
}

// compare installs rules with both programs, in an unreachable chain X of a table, and
// compares what each reads of either. A rule that the kernel refuses is left out, and
// returned with iptables' reason.
func (p pair) compare(t *testing.T, f Family, table string, rules []string) (refused map[string]string) {
	t.Helper()
	refused = make(map[string]string)
	program := f.command()
	commands := []string{program + " -t " + table + " -N U", program + " -t " + table + " -N X"}
	p.theirs.sh(t, strings.Join(commands, "\n")+"\n")
	for _, r := range rules {
		command := program + " -t " + table + " -A X " + r
		if _, stderr, err := p.theirs.try(t, command+"\n", "sh", "-e"); err != nil {
			refused[r] = strings.TrimSpace(stderr)
			continue
		}
		commands = append(commands, command)
	}
	real := p.theirs.tableS(t, f, table)
	rs := read(t, p.theirs)
	if got := rs.Table(title(f, table)).List(); !slices.Equal(got, real) {
		differ(t, "reading what iptables wrote, it prints", got, real)
	}
	for _, r := range rs.Table(title(f, table)).Chain("X").Rules {
		if !understood(r) {
			t.Errorf("not understood: %s", r)
		}
	}
	compareColumns(t, p.theirs, f, table, "X", rs.Table(title(f, table)).Chain("X").Rules)
	made, err := Commands(commands...)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ours.Do(made.Install); err != nil {
		t.Fatal(err)
	}
	if got := p.ours.tableS(t, f, table); !slices.Equal(got, real) {
		differ(t, "of what the engine wrote, iptables prints", got, real)
	}
	compareKernels(t, p.ours, p.theirs)
	return refused
}

func differ(t *testing.T, what string, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		var a, b string
		if i < len(got) {
			a = got[i]
		}
		if i < len(want) {
			b = want[i]
		}
		if a != b {
			t.Errorf("%s\n%s\nnot\n%s", what, a, b)
		}
	}
}

// TestForms: every form of every match and target is written, read and printed as iptables
// does.
func TestForms(t *testing.T) {
	for _, family := range families {
		testForms(t, family, [...][]form{forms(), forms6()}[family])
	}
}

func testForms(t *testing.T, family Family, forms []form) {
	for _, table := range []string{"filter", "mangle", "nat"} {
		t.Run(title(family, table), func(t *testing.T) {
			p := newPair(t)
			var rules []string
			for _, f := range forms {
				if f.table == table {
					rules = append(rules, f.args)
				}
			}
			refused := p.compare(t, family, table, rules)
			for _, args := range rules {
				t.Run(args, func(t *testing.T) {
					if reason := refused[args]; reason != "" {
						t.Skip(reason)
					}
				})
			}
		})
	}
}
