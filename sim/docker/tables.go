package docker

import (
	"slices"
	"strings"

	"tracer/sim/iptables"
)

// tables are the rules that an engine has written so far. The methods have the effect of the
// commands that it runs.
type tables struct {
	family iptables.Family
	order  []chain
	chains map[chain]*rules
}

// rules are those of a chain.
type rules struct {
	top      []iptables.Rule // the engine moves them to the top whenever it has inserted others
	inserted []iptables.Rule // the last one first
	appended []iptables.Rule
	texts    map[string]bool
	policy   iptables.Verdict
}

// chain names a chain: "TABLE CHAIN".
type chain string

// The chains of Docker, and those of the kernel that it changes.
const (
	rawPrerouting  chain = "raw PREROUTING"
	natPrerouting  chain = "nat PREROUTING"
	natOutput      chain = "nat OUTPUT"
	natPostrouting chain = "nat POSTROUTING"
	natDocker      chain = "nat DOCKER"
	filterForward  chain = "filter FORWARD"
	filterDocker   chain = "filter DOCKER"
	dockerUser     chain = "filter DOCKER-USER"
	dockerForward  chain = "filter DOCKER-FORWARD"
	dockerCT       chain = "filter DOCKER-CT"
	dockerBridge   chain = "filter DOCKER-BRIDGE"
	dockerInternal chain = "filter DOCKER-INTERNAL"
	stage1         chain = "filter DOCKER-ISOLATION-STAGE-1"
	stage2         chain = "filter DOCKER-ISOLATION-STAGE-2"
)

// table returns the position of a chain's table.
func (c chain) table() int {
	in, _, _ := strings.Cut(string(c), " ")
	return slices.Index([]string{"raw", "nat", "filter"}, in)
}

// jump returns a rule that continues with a chain of the same table.
func (c chain) jump() iptables.Rule {
	_, name, _ := strings.Cut(string(c), " ")
	return iptables.Rule{Target: iptables.Jump{Chain: name}}
}

// create adds empty chains: iptables -N.
func (t *tables) create(list ...chain) {
	for _, c := range list {
		t.find(c)
	}
}

// find returns a chain. It creates it if necessary, and the kernel's own chains with the first
// of a table.
func (t *tables) find(c chain) *rules {
	base := builtIn(c)
	if t.chains[base[0]] == nil {
		for _, b := range base {
			t.empty(b).policy = iptables.Accept
		}
	}
	if found := t.chains[c]; found != nil {
		return found
	}
	return t.empty(c)
}

func (t *tables) empty(c chain) *rules {
	t.order = append(t.order, c)
	t.chains[c] = &rules{texts: map[string]bool{}}
	return t.chains[c]
}

// builtIn returns the kernel's own chains of a chain's table.
func builtIn(c chain) []chain {
	switch table, _, _ := strings.Cut(string(c), " "); table {
	case "raw":
		return []chain{rawPrerouting, "raw OUTPUT"}
	case "nat":
		return []chain{natPrerouting, "nat INPUT", natOutput, natPostrouting}
	default:
		return []chain{"filter INPUT", filterForward, "filter OUTPUT"}
	}
}

// add appends a rule, and insert puts it first, unless the chain has one like it: before
// iptables -A and -I, the engine asks with iptables -C.
func (t *tables) add(c chain, r iptables.Rule) {
	if at := t.find(c); at.lacks(r) {
		at.appended = append(at.appended, r)
	}
}

func (t *tables) insert(c chain, r iptables.Rule) {
	if at := t.find(c); at.lacks(r) {
		at.inserted = append(at.inserted, r)
	}
}

// keep adds a rule that stays before all others, except those that were kept earlier.
func (t *tables) keep(c chain, r iptables.Rule) {
	at := t.find(c)
	at.top = append(at.top, r)
}

// lacks reports whether a chain does not have a rule yet, and notes that it gets it.
func (l *rules) lacks(r iptables.Rule) bool {
	text := r.String()
	had := l.texts[text]
	l.texts[text] = true
	return !had
}

// ruleset returns everything that was written. The tables are in the order in which packets
// pass them.
func (t *tables) ruleset() (out iptables.Ruleset) {
	slices.SortStableFunc(t.order, func(a, b chain) int { return a.table() - b.table() })
	for _, c := range t.order {
		in, name, _ := strings.Cut(string(c), " ")
		if find(out.Tables, in) == nil {
			out.Tables = append(out.Tables, iptables.Table{Family: t.family, Name: in})
		}
		l := t.chains[c]
		slices.Reverse(l.inserted)
		table := find(out.Tables, in)
		table.Chains = append(table.Chains, iptables.Chain{
			Name: name, Policy: l.policy, Rules: slices.Concat(l.top, l.inserted, l.appended),
		})
	}
	return out
}

// find returns the table of that name, or nil.
func find(list []iptables.Table, name string) *iptables.Table {
	i := slices.IndexFunc(list, func(t iptables.Table) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return &list[i]
}
