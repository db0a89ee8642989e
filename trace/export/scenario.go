package export

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/trace/escape"
)

// Scenario writes what a scenario is before it is run: its story, its network,
// the rules on its nodes, and what will be sent.
// The answer to what the story asks is told only if it is asked for.
//
// A scenario can come from anybody, but cannot hide what it would run: names and titles
// are escaped, a bar precedes each line of the author's paragraphs, and a program's
// arguments are quoted.
func Scenario(w io.Writer, s *scenarios.Scenario, answer, ascii bool) error {
	written := s
	s = escape.Value(s)
	v := sheet{Buffer: &bytes.Buffer{}, style: newStyle(ascii), topology: &s.Topology}
	fmt.Fprintf(v, "%s   %s\n", v.style.title.Render(s.Name), s.Title)
	if written.Story != "" {
		fmt.Fprintln(v)
		v.paragraphs(written.Story)
	}
	if answer && written.Answer != "" {
		v.head("answer")
		v.paragraphs(written.Answer)
	}
	v.head("network")
	for i := range s.Topology.Nodes {
		v.node(&s.Topology.Nodes[i])
		for _, service := range written.Topology.Nodes[i].Services {
			fmt.Fprintf(v, "    port %-7d %s\n", service.Port, answers(service))
		}
	}
	for i := range s.Topology.Nodes {
		v.rules(&s.Topology.Nodes[i])
	}
	v.head("traffic")
	for _, r := range s.Traffic {
		fmt.Fprintf(v, "  %s %s %s\n", r.From, v.style.Arrow, r)
	}
	if len(s.Faults) > 0 {
		v.head("faults (tracer run " + s.Name + " --fault NAME)")
		for _, f := range s.Faults {
			fmt.Fprintf(v, "  %-18s %s\n", f.Name, f.Title)
		}
	}
	if ascii {
		w = asciiWriter{w}
	}
	_, err := v.WriteTo(w)
	return err
}

// sheet is a description being written.
type sheet struct {
	*bytes.Buffer
	style    style
	topology *sim.Topology
}

// paragraphs writes the author's text. The bar tells it from the rest of the sheet.
func (v sheet) paragraphs(s string) {
	for line := range strings.SplitSeq(escape.Text(s), "\n") {
		fmt.Fprintln(v, strings.TrimRight(v.style.note.Render(v.style.bar)+" "+line, " "))
	}
}

func (v sheet) head(s string) { fmt.Fprintf(v, "\n%s\n", v.style.packet.Render(s)) }

// node writes a node's interfaces, each with its addresses and where it leads.
func (v sheet) node(n *sim.Node) {
	fmt.Fprintf(v, "  %s (%s)\n", v.style.title.Render(n.Name), n.Role)
	for _, b := range n.Bridges {
		var ports []string
		for _, e := range v.topology.Endpoints(n.Name) {
			if e.Bridge == b.Name {
				ports = append(ports, e.Interface)
			}
		}
		fmt.Fprintf(v, "    %-12s %-19s bridge of %s\n", b.Name, addresses(b.Addresses), strings.Join(ports, ", "))
	}
	for _, l := range v.topology.Links {
		for _, ends := range [][2]sim.Endpoint{{l.A, l.B}, {l.B, l.A}} {
			if e := ends[0]; e.Node == n.Name {
				fmt.Fprintf(v, "    %-12s %-19s %s %s/%s\n", e.Interface, addresses(e.Addresses),
					v.style.Arrow, ends[1].Node, ends[1].Interface)
			}
		}
	}
	for _, r := range n.Routes {
		fmt.Fprintf(v, "    route        %s\n", route(r))
	}
}

// answers describes the server on a port. No program's name can imitate a built-in
// server.
func answers(s sim.Service) string {
	what := fmt.Sprintf("answers %q", s.Body)
	switch {
	case s.Program():
		return "runs " + escape.Command(s.Exec)
	case s.Proxy.IsValid():
		what = "docker-proxy to " + s.Proxy.String()
	case s.Names != nil:
		what = "knows the address of"
		for _, n := range s.Names {
			what += " " + n.Host
		}
	case s.UDP:
		what += " to UDP"
	}
	if s.Bind.IsValid() {
		what += ", at " + s.Bind.String() + " only"
	}
	return escape.Field(what)
}

// rules writes a node's rules as its firewall tool lists them.
func (v sheet) rules(n *sim.Node) {
	if n.Rules == nil {
		return
	}
	for _, l := range n.Rules.List() {
		v.head(l.Command + ", on " + n.Name)
		for _, line := range l.Lines {
			fmt.Fprintf(v, "  %s\n", v.style.rule.Render(line))
		}
	}
}

func addresses[T fmt.Stringer](list []T) string {
	texts := make([]string, len(list))
	for i, a := range list {
		texts[i] = a.String()
	}
	return strings.Join(texts, ", ")
}

func route(r sim.Route) string {
	s := r.Destination.String()
	if r.Destination.Bits() == 0 {
		s = "default"
	}
	if r.Gateway.IsValid() {
		s += " via " + r.Gateway.String()
	}
	if r.Interface != "" {
		s += " dev " + r.Interface
	}
	return s
}
