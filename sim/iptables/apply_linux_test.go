package iptables

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/internal/nflink"
	"tracer/sim/labtest"
)

// Install's rules must equal those that iptables lists on a real Docker host.
func TestApplyDocker(t *testing.T) {
	ns := newNamespace(t)
	if err := ns.apply(docker()); err != nil {
		t.Fatal(err)
	}
	back, err := ns.read()
	if err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string][]string{"nat": dockerNat(), "filter": dockerFilter()} {
		if got := back.Table(table).List(); !slices.Equal(got, want) {
			t.Errorf("read back %s:\n%s", table, strings.Join(got, "\n"))
		}
	}
	if got := canonical(back); !reflect.DeepEqual(got, docker()) {
		t.Errorf("read back\n%+v\nwant\n%+v", got, docker())
	}
	for table, want := range map[string][]string{"nat": dockerNat(), "filter": dockerFilter()} {
		if got := ns.iptablesS(t, table); !slices.Equal(got, want) {
			t.Errorf("iptables -t %s -S:\n%s", table, strings.Join(got, "\n"))
		}
	}
}

// The kernel must hold exactly what iptables would have written.
func TestApplyWritesAsIptables(t *testing.T) {
	ours, theirs := newNamespace(t), newNamespace(t)
	if err := ours.apply(docker()); err != nil {
		t.Fatal(err)
	}
	theirs.sh(t, script("nat", dockerNat()[4:])+script("filter", dockerFilter()[1:]))
	compareKernels(t, ours, theirs)
	for _, args := range [][]string{{"-L", "-n", "-v"}, {"-t", "nat", "-L", "-n", "-v"}} {
		if a, b := ours.run(t, "", "iptables", args...), theirs.run(t, "", "iptables", args...); a != b {
			t.Errorf("iptables %v prints\n%s\nnot\n%s", args, a, b)
		}
	}
}

// The same with iptables-restore, whose input is the output of iptables-save.
func TestApplyWritesAsRestore(t *testing.T) {
	ours, theirs := newNamespace(t), newNamespace(t)
	if err := ours.apply(docker()); err != nil {
		t.Fatal(err)
	}
	theirs.run(t, ours.run(t, "", "iptables-save"), "iptables-restore")
	compareKernels(t, ours, theirs)
}

// Every kind of rule, as iptables writes it.
func TestApplyCases(t *testing.T) {
	ours, theirs := newNamespace(t), newNamespace(t)
	nat, filter := Chain{Name: "X"}, Chain{Name: "X"}
	for _, c := range cases() {
		if translates(c.rule.Target) {
			nat.Rules = append(nat.Rules, c.rule)
		} else {
			filter.Rules = append(filter.Rules, c.rule)
		}
	}
	rs := Ruleset{Tables: []Table{{Name: "nat", Chains: []Chain{nat}}, {Name: "filter", Chains: []Chain{filter}}}}
	if err := ours.apply(rs); err != nil {
		t.Fatal(err)
	}
	theirs.sh(t, script("nat", rs.Tables[0].List()[4:])+script("filter", rs.Tables[1].List()[3:]))
	compareKernels(t, ours, theirs)
	for i := range rs.Tables {
		table := &rs.Tables[i]
		if got, want := ours.iptablesS(t, table.Name), table.List(); !slices.Equal(got, want) {
			t.Errorf("iptables -t %s -S:\n%s\nwant\n%s", table.Name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// iptables must recognize every table's base chains as its own.
func TestApplyEveryTable(t *testing.T) {
	ours, theirs := newNamespace(t), newNamespace(t)
	var rs Ruleset
	var commands strings.Builder
	for _, name := range tableNames() {
		table := Table{Name: name, Chains: []Chain{{Name: "U"}}}
		for _, b := range baseChains(name) {
			policy := Drop
			if name == "nat" {
				policy = Accept
			}
			table.Chains = append(table.Chains, Chain{Name: b.name, Policy: policy, Rules: []Rule{{Target: Accept}}})
			fmt.Fprintf(&commands, "iptables -t %s -P %s %s\niptables -t %s -A %s -j ACCEPT\n", name, b.name, policy, name, b.name)
		}
		fmt.Fprintf(&commands, "iptables -t %s -N U\n", name)
		rs.Tables = append(rs.Tables, table)
	}
	if err := ours.apply(rs); err != nil {
		t.Fatal(err)
	}
	for i := range rs.Tables {
		table := &rs.Tables[i]
		if got, want := ours.iptablesS(t, table.Name), table.List(); !slices.Equal(got, want) {
			t.Errorf("iptables -t %s -S:\n%s", table.Name, strings.Join(got, "\n"))
		}
	}
	theirs.sh(t, commands.String())
	compareKernels(t, ours, theirs)
}

func TestApplyReplacesOnlyItsTables(t *testing.T) {
	ns := newNamespace(t)
	old := Ruleset{Tables: []Table{
		{Name: "raw", Chains: []Chain{{Name: "PREROUTING", Policy: Drop}}},
		{Name: "filter", Chains: []Chain{{Name: "OLD", Rules: []Rule{{Target: Drop}}}, {Name: "INPUT", Policy: Drop, Rules: []Rule{{Target: Jump{"OLD"}}}}}},
	}}
	for _, rs := range []Ruleset{old, docker(), docker()} {
		if err := ns.apply(rs); err != nil {
			t.Fatal(err)
		}
	}
	back, err := ns.read()
	if err != nil {
		t.Fatal(err)
	}
	if got := back.Table("filter").List(); !slices.Equal(got, dockerFilter()) {
		t.Errorf("filter:\n%s", strings.Join(got, "\n"))
	}
	if c := back.Table("raw").Chain("PREROUTING"); c == nil || c.Policy != Drop {
		t.Errorf("raw was touched: %+v", c)
	}
}

func TestApplyErrors(t *testing.T) {
	ns := newNamespace(t)
	bad := Ruleset{Tables: []Table{{Name: "filter", Chains: []Chain{{Name: "X", Rules: []Rule{{Target: Jump{"Y"}}}}}}}}
	var invalid *InvalidError
	if err := ns.apply(bad); !errors.As(err, &invalid) || len(invalid.Problems) != 1 {
		t.Errorf("invalid ruleset: %v", err)
	}
	if err := ns.apply(Ruleset{}); err != nil {
		t.Errorf("empty ruleset: %v", err)
	}
	rs, err := ns.read()
	if err != nil || len(rs.Tables) != 0 {
		t.Errorf("a failed Apply left %v, %v", rs, err)
	}
}

// Concurrent writers find the tables there, or being created.
func TestApplyAtOnce(t *testing.T) {
	ns := newNamespace(t)
	var all sync.WaitGroup
	for range 4 {
		beside := ns.beside(t)
		all.Go(func() {
			if err := beside.apply(docker()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := canonical(read(t, ns)); !reflect.DeepEqual(got, docker()) {
		t.Errorf("together they made %+v", got)
	}
}

// The kernel's error must name the rule, and leave everything unchanged. The kernel
// refuses chains that are nested too deep; Validate does not check that.
func TestApplyNamesWhatTheKernelRefuses(t *testing.T) {
	ns := newNamespace(t)
	if err := ns.apply(docker()); err != nil {
		t.Fatal(err)
	}
	table := Table{Name: "filter", Chains: []Chain{{Name: "INPUT", Policy: Accept, Rules: []Rule{{Target: Jump{"C0"}}}}}}
	for i := range 20 {
		c := Chain{Name: fmt.Sprintf("C%d", i)}
		if i < 19 {
			c.Rules = []Rule{{In: Interface{Name: "lo"}, Target: Jump{fmt.Sprintf("C%d", i+1)}}}
		}
		table.Chains = append(table.Chains, c)
	}
	err := ns.apply(Ruleset{Tables: []Table{table}})
	if err == nil || !strings.Contains(err.Error(), "table filter: -A ") || !errors.Is(err, unix.EMLINK) {
		t.Errorf("error %v", err)
	}
	if strings.ContainsRune(fmt.Sprint(err), '\n') {
		t.Errorf("error of many lines: %v", err)
	}
	back, err := ns.read()
	if err != nil {
		t.Fatal(err)
	}
	if got := canonical(back); !reflect.DeepEqual(got, docker()) {
		t.Errorf("left behind: %+v", got)
	}
}

// A batch far larger than the default socket buffers.
func TestApplyMany(t *testing.T) {
	ns := newNamespace(t)
	if err := ns.apply(many(15000)); err != nil {
		t.Fatal(err)
	}
	back, err := ns.read()
	if err != nil {
		t.Fatal(err)
	}
	if got := canonical(back); !reflect.DeepEqual(got, many(15000)) {
		t.Errorf("%d rules, or others", len(got.Table("nat").Chain("DOCKER").Rules))
	}
	// If the kernel refuses a late one of many batches, none of them may remain.
	late := many(500)
	chain := "DOCKER"
	nat := late.Table("nat")
	for i := range 20 {
		next := fmt.Sprintf("C%d", i)
		c := nat.Chain(chain)
		c.Rules = append(c.Rules, Rule{Target: Jump{next}})
		nat.Chains = append(nat.Chains, Chain{Name: next})
		chain = next
	}
	if err := ns.apply(late); !errors.Is(err, unix.EMLINK) {
		t.Errorf("too deep: %v", err)
	}
	if back, err := ns.read(); err != nil || len(back.Tables) != 0 {
		t.Errorf("left behind: %d tables, %v", len(back.Tables), err)
	}
}

func many(n int) Ruleset {
	rs := docker()
	c := rs.Table("nat").Chain("DOCKER")
	for i := range n {
		r := c.Rules[1]
		r.Matches = []Match{Ports{Protocol: TCP, Destination: Port(uint16(i + 1))}}
		c.Rules = append(c.Rules, r)
	}
	return rs
}

// canonical removes what only the kernel assigns.
func canonical(rs Ruleset) Ruleset {
	for i := range rs.Tables {
		for j := range rs.Tables[i].Chains {
			c := &rs.Tables[i].Chains[j]
			c.Counted = nil
			for k := range c.Rules {
				c.Rules[k].Handle, c.Rules[k].Packets, c.Rules[k].Bytes = 0, 0, 0
			}
		}
	}
	return rs
}

// compareKernels compares all rules' expressions as the kernel dumps them, the base
// chains that both sides have, and nft's listing.
func compareKernels(t *testing.T, ours, theirs namespace) {
	t.Helper()
	a, b := rawRules(t, ours), rawRules(t, theirs)
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) {
			t.Fatalf("%d rules, not %d", len(a), len(b))
		}
		if a[i].chain != b[i].chain || !bytes.Equal(a[i].expressions, b[i].expressions) {
			t.Errorf("%s: ours\n%x\nof %s: theirs\n%x", a[i].chain, a[i].expressions, b[i].chain, b[i].expressions)
		}
	}
	x, y := listing(t, ours), listing(t, theirs)
	for chain, want := range y {
		if x[chain] != want {
			t.Errorf("nft prints %s\n%s\nnot\n%s", chain, x[chain], want)
		}
	}
	// iptables creates only the base chains it needs, but lists the others, too.
	untouched := regexp.MustCompile(`^type .*; policy accept;$`)
	for chain, got := range x {
		if _, ok := y[chain]; !ok && !untouched.MatchString(got) {
			t.Errorf("only ours: %s\n%s", chain, got)
		}
	}
}

// listing returns nft's output for each chain.
func listing(t *testing.T, ns namespace) map[string]string {
	t.Helper()
	out := make(map[string]string)
	var table, chain string
	for l := range strings.Lines(ns.run(t, "", "nft", "list", "ruleset")) {
		switch l = strings.TrimSpace(l); {
		case strings.HasPrefix(l, "table "):
			table = l
		case strings.HasPrefix(l, "chain "):
			chain = table + " " + l
			out[chain] = ""
		case l != "" && l != "}":
			out[chain] = strings.TrimSpace(out[chain] + "\n" + l)
		}
	}
	return out
}

type rawRule struct {
	chain       string // with its table
	expressions []byte
}

func rawRules(t testing.TB, ns namespace) []rawRule {
	t.Helper()
	var conn *netlink.Conn
	labtest.Do(t, ns.Namespace, func() (err error) {
		conn, err = nflink.Dial()
		return err
	})
	defer conn.Close()
	var bodies [][]byte
	for _, f := range families {
		list, err := nflink.Request(conn, f.protocol(), unix.NFT_MSG_GETRULE, netlink.Dump)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, list...)
	}
	var out []rawRule
	for _, b := range bodies {
		a, err := messageAttrs(b)
		if err != nil {
			t.Fatal(err)
		}
		family := IPv4
		if b[0] == unix.NFPROTO_IPV6 {
			family = IPv6
		}
		out = append(out, rawRule{title(family, a.text(unix.NFTA_RULE_TABLE)) + " " + a.text(unix.NFTA_RULE_CHAIN), a.value[unix.NFTA_RULE_EXPRESSIONS]})
	}
	slices.SortStableFunc(out, func(x, y rawRule) int { return cmp.Compare(x.chain, y.chain) })
	return out
}
