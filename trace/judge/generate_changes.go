package judge

import (
	"fmt"
	"slices"
	"strings"
)

// changes adds and deletes rules between the requests.
func (g *generator) changes() {
	for _, r := range g.routers { // the table exists before tracer's: see World.listing
		g.insert(0, r.name, "iptables -P FORWARD ACCEPT")
	}
	for range 1 + g.IntN(3) {
		if g.chance(50) {
			r := pick(g, g.routers...)
			rule := fmt.Sprintf("iptables -A %s %s -j %s", pick(g, "FORWARD", "FORWARD", "INPUT"), g.match(), pick(g, "DROP", "ACCEPT"))
			at := g.between()
			g.insert(at, r.name, strings.Replace(rule, " -A ", pick(g, " -A ", " -I "), 1))
			if g.chance(50) {
				g.insert(at+1+g.IntN(len(g.net.Lines)-at), r.name, strings.Replace(rule, " -A ", " -D ", 1))
			}
			continue
		}
		if rule, ok := g.removable(); ok {
			at := g.between()
			g.insert(at, rule.Node, strings.Replace(rule.Text, " -A ", " -D ", 1))
			if g.chance(40) {
				g.insert(at+1+g.IntN(len(g.net.Lines)-at), rule.Node, rule.Text)
			}
		}
	}
}

// removable returns one of the rules, unless it has been deleted before.
func (g *generator) removable() (Line, bool) {
	l := g.net.Lines[g.IntN(g.net.setup())]
	deleted := Line{l.Node, strings.Replace(l.Text, " -A ", " -D ", 1)}
	return l, l.Verb() == "iptables" && deleted != l && !slices.Contains(g.net.Lines, deleted)
}

// between returns a position after the first request.
func (g *generator) between() int {
	first := g.net.setup() + 1
	return first + g.IntN(len(g.net.Lines)-first+1)
}

func (g *generator) insert(at int, node, text string) {
	g.net.Lines = slices.Insert(g.net.Lines, min(at, len(g.net.Lines)), Line{node, text})
}
