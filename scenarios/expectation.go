package scenarios

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// The words that an expectation may use, as in trace.json.
var (
	outcomes = []string{"delivered", "dropped", "unseen"}
	fields   = []string{"src", "dst", "ttl", "src_mac", "dst_mac", "icmp_id", "tos", "ip_id", "df", "window", "mss", "mark"}
	hooks    = []string{"prerouting", "input", "forward", "output", "postrouting"}
	causes   = []string{"rule", "conntrack", "routing", "neighbour"}
	tables   = []string{"raw", "mangle", "nat", "filter", "security"}
)

func (p *parser) expectation(n *yaml.Node, path string) Expectation {
	e := Expectation{Line: n.Line, Packets: -1}
	says := false // whether it says something about a packet
	p.mapping(n, path,
		field{"answer", false, func(n *yaml.Node, path string) { e.Answer = p.text(n, path) }},
		field{"packet", false, func(n *yaml.Node, path string) { e.Packet = p.text(n, path) }},
		field{"from", false, func(n *yaml.Node, path string) { e.From = p.text(n, path) }},
		field{"every", false, func(n *yaml.Node, path string) { e.Every = p.word(n, path, []string{"packet"}) != "" }},
		field{"hops", false, func(n *yaml.Node, path string) {
			says = true
			e.Hops = items(&p.reader, n, path, p.text)
		}},
		field{"outcome", false, func(n *yaml.Node, path string) {
			says = true
			e.Outcome = p.word(n, path, outcomes)
		}},
		field{"node", false, func(n *yaml.Node, path string) {
			says = true
			e.Node = p.text(n, path)
		}},
		field{"hook", false, func(n *yaml.Node, path string) {
			says = true
			e.Hook = p.word(n, path, hooks)
		}},
		field{"by", false, func(n *yaml.Node, path string) {
			says = true
			e.By = p.text(n, path)
		}},
		field{"changes", false, func(n *yaml.Node, path string) {
			says = true
			e.Changes = items(&p.reader, n, path, p.change)
		}},
		field{"untouched_by", false, func(n *yaml.Node, path string) {
			says = true
			e.UntouchedBy = p.word(n, path, tables)
		}},
		field{"rule", false, func(n *yaml.Node, path string) { e.Rule = p.rule(n, path) }},
		field{"packets", false, func(n *yaml.Node, path string) { e.Packets = p.number(n, path, 0, 1<<30) }},
	)
	about := 0
	for _, given := range []bool{e.Answer != "", e.Packet != "", e.Every, e.Rule != ""} {
		if given {
			about++
		}
	}
	switch {
	case about != 1:
		p.note(n, path, "must have exactly one of answer, packet, every, rule")
	case (e.Rule != "") != (e.Packets >= 0):
		p.note(n, path, "must have both rule and packets, or neither")
	case (e.Packet != "" || e.Every) && !says:
		p.note(n, path, "has nothing to check; set hops, outcome, node, hook, by, changes or untouched_by")
	}
	return e
}

func (p *parser) change(n *yaml.Node, path string) (c ExpectedChange) {
	p.mapping(n, path,
		field{"field", true, func(n *yaml.Node, path string) { c.Field = p.word(n, path, fields) }},
		field{"from", false, func(n *yaml.Node, path string) { c.From = p.text(n, path) }},
		field{"to", false, func(n *yaml.Node, path string) { c.To = p.text(n, path) }},
		field{"hook", false, func(n *yaml.Node, path string) { c.Hook = p.word(n, path, hooks) }},
		field{"cause", false, func(n *yaml.Node, path string) { c.Cause = p.word(n, path, causes) }},
		field{"by", false, func(n *yaml.Node, path string) { c.By = p.text(n, path) }},
	)
	return c
}

// rule reads a rule in the form "TABLE CHAIN RULE".
func (p *parser) rule(n *yaml.Node, path string) string {
	s := p.text(n, path)
	if s != "" && len(strings.SplitN(s, " ", 3)) != 3 {
		p.note(n, path, "%q is not TABLE CHAIN RULE", s)
	}
	return s
}
