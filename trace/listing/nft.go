package listing

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tracer/trace"
)

// nftables lists tables, or one chain, as nft does.
func nftables(n *trace.Node, args []string) ([]string, error) {
	w := words{"nft", args}
	stateless := false
	for len(w.rest) > 0 && (w.rest[0] == "-s" || w.rest[0] == "--stateless") {
		w.next()
		stateless = true
	}
	if list, _ := w.next(); list != "list" {
		return nil, errors.New("can only list rules here")
	}
	what, _ := w.next()
	if what == "ruleset" && len(w.rest) == 0 {
		return ruleset(n, stateless)
	}
	if what != "table" && what != "chain" {
		return nil, w.unknown("list " + strings.Join(append([]string{what}, w.rest...), " "))
	}
	names := w.rest
	if len(names) == 2 && what == "chain" || len(names) == 1 { // the default family
		names = append([]string{"ip"}, names...)
	}
	if want := map[string]int{"table": 2, "chain": 3}[what]; len(names) != want {
		return nil, fmt.Errorf("list %s needs a family and %d names", what, want-1)
	}
	t := n.Table(names[0] + " " + names[1])
	if t == nil && names[0] == "ip" {
		t = n.Table(names[1])
	}
	switch {
	case t != nil && t.OfIPTables():
		return nil, &MissingError{n.Name, MissingSyntax}
	case t == nil:
		return nil, fmt.Errorf("there is no table %s %s of nftables", names[0], names[1])
	}
	shown := *t
	if what == "chain" {
		c := t.Chain(names[2])
		if c == nil {
			return nil, fmt.Errorf("table %s has no chain %q; its chains are %s", t.Name, names[2], chainNames(t.Chains))
		}
		shown.Sets, shown.Chains, shown.Partial = nil, []trace.Chain{*c}, false
	}
	return nftTable(n, &shown, stateless)
}

// ruleset lists all tables. It cannot print iptables' in nft's syntax.
func ruleset(n *trace.Node, stateless bool) (out []string, err error) {
	for i := range n.Rules {
		t := &n.Rules[i]
		if t.OfIPTables() {
			return nil, &MissingError{n.Name, MissingSyntax}
		}
		lines, err := nftTable(n, t, stateless)
		if err != nil {
			return nil, err
		}
		out = append(out, lines...)
	}
	return out, nil
}

func nftTable(n *trace.Node, t *trace.Table, stateless bool) ([]string, error) {
	if t.Partial {
		return nil, &MissingError{n.Name, MissingSets}
	}
	family, _, _ := strings.Cut(t.Name, " ")
	lines := []string{"table " + t.Name + " {"}
	blocks := 0
	block := func(kind, name string, body []string) {
		if blocks++; blocks > 1 {
			lines = append(lines, "")
		}
		lines = append(append(append(lines, "\t"+kind+" "+name+" {"), body...), "\t}")
	}
	for i := range t.Sets {
		block(t.Sets[i].Kind, t.Sets[i].Name, setLines(&t.Sets[i]))
	}
	for i := range t.Chains {
		block("chain", t.Chains[i].Name, chainLines(family, &t.Chains[i], stateless))
	}
	return append(lines, "}"), nil
}

func setLines(s *trace.NamedSet) []string {
	lines := []string{"\t\ttype " + s.Type}
	if len(s.Flags) > 0 {
		lines = append(lines, "\t\tflags "+strings.Join(s.Flags, ","))
	}
	if s.Comment != "" {
		lines = append(lines, "\t\tcomment \""+s.Comment+"\"")
	}
	if len(s.Elements) == 0 {
		return lines
	}
	var rows []string
	for row := range slices.Chunk(s.Elements, max(s.Wrap, 1)) {
		rows = append(rows, strings.Join(row, ", "))
	}
	const begin, more = "\t\telements = { ", "\t\t\t     "
	for i, row := range rows {
		line := more + row
		if i == 0 {
			line = begin + row
		}
		if i == len(rows)-1 {
			lines = append(lines, line+" }")
		} else {
			lines = append(lines, line+",")
		}
	}
	return lines
}

func chainLines(family string, c *trace.Chain, stateless bool) (lines []string) {
	if c.Comment != "" {
		lines = append(lines, "\t\tcomment \""+c.Comment+"\"")
	}
	if c.Hook != 0 {
		device := ""
		switch {
		case len(c.Devices) == 1:
			device = " device \"" + c.Devices[0] + "\""
		case len(c.Devices) > 1:
			device = " devices = { \"" + strings.Join(c.Devices, "\", \"") + "\" }"
		}
		lines = append(lines, fmt.Sprintf("\t\ttype %s hook %s%s priority %s; policy %s;", c.Type, c.Hook, device, priorityText(family, c.Hook, c.Priority), c.PolicyText()))
	}
	for _, r := range c.Rules {
		text := r.Text
		if r.Counter > 0 && r.Counter <= len(text) && !stateless {
			text = fmt.Sprintf("%s packets %d bytes %d%s", text[:r.Counter], r.Packets, r.Bytes, text[r.Counter:])
		}
		lines = append(lines, "\t\t"+text)
	}
	return lines
}

// namedPriority is a priority with a name, and the only hook at which nft uses it; 0: any.
type namedPriority struct {
	name     string
	priority int
	hook     trace.Hook
}

// priorityText returns a priority as nft 1.0.6 prints it: "filter + 5".
func priorityText(family string, h trace.Hook, priority int) string {
	const near = 10
	names := []namedPriority{
		{"raw", -300, 0}, {"mangle", -150, 0}, {"dstnat", -100, trace.Prerouting}, {"filter", 0, 0}, {"security", 50, 0}, {"srcnat", 100, trace.Postrouting},
	}
	switch family {
	case "bridge":
		names = []namedPriority{{"dstnat", -300, trace.Prerouting}, {"filter", -200, 0}, {"out", 100, trace.Output}, {"srcnat", 300, trace.Postrouting}}
	case "arp", "netdev":
		names = []namedPriority{{"filter", 0, 0}}
	}
	for _, n := range names {
		d := priority - n.priority
		switch {
		case n.hook != 0 && n.hook != h || d < -near || d > near:
		case d == 0:
			return n.name
		case d > 0:
			return fmt.Sprintf("%s + %d", n.name, d)
		default:
			return fmt.Sprintf("%s - %d", n.name, -d)
		}
	}
	return fmt.Sprint(priority)
}
