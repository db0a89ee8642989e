package scenarios

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim/docker"
	"tracer/sim/iptables"
)

// ruleCommand is an iptables command for a node.
type ruleCommand struct {
	node    string
	command string
	at      *yaml.Node
	path    string
}

// install has the engines install their networks and containers, and collects the rules
// of the nodes. An engine with a mistake in its networks or services installs only what
// every engine has.
func (p *parser) install() {
	t := &p.scenario.Topology
	failed := map[string]bool{}
	for _, host := range p.hosts {
		e := *p.engines[host]
		if !p.right("networks", "services") {
			e.Networks, e.Containers = []docker.Network{docker.DefaultBridge}, nil
		}
		failed[host] = !p.right("nodes." + host + ".engine")
		if failed[host] {
			continue
		}
		if err := e.Install(t, host); err != nil {
			p.note(p.places["nodes."+host], "nodes."+host, "%v", err)
			failed[host] = true
		}
	}
	p.ruled = map[string]*iptables.Ruleset{}
	for i := range t.Nodes {
		if n := &t.Nodes[i]; !failed[n.Name] {
			p.ruled[n.Name] = &n.Rules
		}
	}
}

// editAll runs commands, each on the rules of its node, if these are known.
func (p *parser) editAll(commands []ruleCommand, rulesOf func(node string) *iptables.Ruleset) (edited map[string]*iptables.Ruleset) {
	edited = map[string]*iptables.Ruleset{}
	editors := map[string]*iptables.Editor{}
	for _, r := range commands {
		if edited[r.node] == nil {
			rules := rulesOf(r.node)
			if rules == nil {
				continue
			}
			edited[r.node], editors[r.node] = rules, iptables.NewEditor(rules)
		}
		if r.command == "" || namesRule(r.command) && !p.right("networks", "services", "nodes."+r.node+".rules") {
			continue // the rule may be missing because of that problem
		}
		if err := editors[r.node].Do(r.command); err != nil {
			p.note(r.at, r.path, "%s: %v", r.command, err)
		}
	}
	return edited
}

// checkRules notes what is wrong with edited rules that are written at a path, by node. It
// leaves out nodes with mistakes in the commands themselves.
func (p *parser) checkRules(edited map[string]*iptables.Ruleset, path func(node string) string) {
	for node, rules := range edited {
		at := path(node)
		if !p.right(at, "nodes."+node+".rules") {
			continue
		}
		for _, q := range rules.Validate() {
			p.note(p.place(at), at, "%v", q)
		}
	}
}

// namesRule reports whether a command works only if some rules exist, or do not.
func namesRule(command string) bool {
	words := strings.Fields(command)
	for _, w := range []string{"-D", "--delete", "-X", "--delete-chain"} {
		if slices.Contains(words, w) {
			return true
		}
	}
	i := slices.IndexFunc(words, func(w string) bool { return w == "-I" || w == "--insert" })
	if i < 0 || i+2 >= len(words) {
		return false
	}
	_, err := strconv.Atoi(words[i+2])
	return err == nil
}
