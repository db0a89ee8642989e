package export

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/trace/escape"
	"tracer/trace/explain"
)

// Scenario describes a scenario before it is run: its story, its network, the rules on
// its nodes, and what will be sent. The answer to the story's question is shown only if
// answer is set.
//
// A scenario can come from anybody, but cannot hide what it would run: names and titles
// are escaped, a bar precedes each line of the author's paragraphs, and a program's
// arguments are quoted.
func Scenario(w io.Writer, s *scenarios.Scenario, l explain.Language, answer, ascii bool) error {
	written := s
	s = escape.Value(s)
	v := sheet{Buffer: &bytes.Buffer{}, Language: l, style: newStyle(ascii), topology: &s.Topology}
	fmt.Fprintf(v, "%s   %s\n", v.style.title.Render(s.Name), s.Title)
	if s.Fault != "" {
		fmt.Fprintln(v, v.Format(explain.FaultOf, s.Fault, s.FaultTitle))
	}
	if about := v.place(s); about != "" {
		fmt.Fprintln(v, v.style.note.Render(about))
	}
	if s.WrittenFor != "" {
		fmt.Fprintln(v, v.style.note.Render(v.Format(explain.WrittenFor, s.WrittenFor)))
	}
	if written.Story != "" {
		fmt.Fprintln(v)
		v.paragraphs(written.Story)
	}
	v.section(explain.HeadQuestion, written.Question)
	if answer {
		v.section(explain.HeadAnswer, written.Answer)
		v.section(explain.HeadRefutes, written.Refutes)
	}
	v.head(explain.LabelNetwork)
	for i := range s.Topology.Nodes {
		v.node(&s.Topology.Nodes[i])
		for _, service := range written.Topology.Nodes[i].Services {
			fmt.Fprintln(v, "    "+v.Format(explain.ServicePort, service.Port, v.answers(service)))
		}
	}
	for i := range s.Topology.Nodes {
		v.rules(&s.Topology.Nodes[i])
	}
	v.head(explain.HeadTraffic)
	for _, r := range s.Traffic {
		fmt.Fprintf(v, "  %s %s %s\n", r.From, v.style.Arrow, r)
	}
	if len(s.Faults) > 0 {
		v.head(explain.HeadFaults, s.Name)
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
	explain.Language
	style    style
	topology *sim.Topology
}

// place describes a lesson's place in the course.
func (v sheet) place(s *scenarios.Scenario) string {
	var parts []string
	if s.Course > 0 {
		parts = append(parts, v.Format(explain.LessonNumber, s.Course))
	}
	if s.Minutes > 0 {
		parts = append(parts, v.Format(explain.LessonMinutes, s.Minutes))
	}
	if len(s.After) > 0 {
		parts = append(parts, v.Format(explain.LessonAfter, strings.Join(s.After, ", ")))
	}
	return strings.Join(parts, "; ")
}

// section writes a text of the author under a heading, if there is one.
func (v sheet) section(head explain.Message, s string) {
	if s != "" {
		v.head(head)
		v.paragraphs(s)
	}
}

// paragraphs writes the author's text. The bar distinguishes it from the rest of the
// sheet.
func (v sheet) paragraphs(s string) {
	for line := range strings.SplitSeq(escape.Text(s), "\n") {
		fmt.Fprintln(v, strings.TrimRight(v.style.note.Render(v.style.bar)+" "+line, " "))
	}
}

func (v sheet) head(m explain.Message, args ...any) {
	fmt.Fprintf(v, "\n%s\n", v.style.packet.Render(v.Format(m, args...)))
}

// node writes a node's interfaces, each with its addresses and where it leads.
func (v sheet) node(n *sim.Node) {
	fmt.Fprintln(v, "  "+v.Format(explain.NodeRole, v.style.title.Render(n.Name), n.Role))
	for _, b := range n.Bridges {
		var ports []string
		for _, e := range v.topology.Endpoints(n.Name) {
			if e.Bridge == b.Name {
				ports = append(ports, e.Interface)
			}
		}
		what := v.Format(explain.BridgeOf, strings.Join(ports, ", "))
		if len(ports) == 0 {
			what = v.Format(explain.BridgeEmpty)
		}
		if !v.topology.BridgeCarrier(n.Name, b.Name) {
			what += v.Format(explain.NoCarrier)
		}
		fmt.Fprintf(v, "    %-12s %-19s %s\n", b.Name, addresses(b.Addresses), what)
	}
	for _, l := range v.topology.Links {
		for _, ends := range [][2]sim.Endpoint{{l.A, l.B}, {l.B, l.A}} {
			if e := ends[0]; e.Node == n.Name {
				state := ""
				switch {
				case e.Down:
					state = v.Format(explain.LinkDown)
				case ends[1].Down:
					state = v.Format(explain.NoCarrier)
				}
				fmt.Fprintf(v, "    %-12s %-19s %s %s/%s%s\n", e.Interface, addresses(e.Addresses),
					v.style.Arrow, ends[1].Node, ends[1].Interface, state)
			}
		}
	}
	for _, r := range n.RoutingRules {
		fmt.Fprintln(v, "    "+v.Format(explain.RoutingRule, r))
	}
	for _, r := range n.Routes {
		fmt.Fprintln(v, "    "+v.Format(explain.RouteTo, r))
	}
	if n.ResolvConf != nil && n.Role != sim.RoleContainer { // a container's follow from its host's
		for _, a := range n.ResolvConf.Nameservers {
			fmt.Fprintln(v, "    "+v.Format(explain.AsksServer, a))
		}
	}
}

// answers describes the server on a port. No program's name can imitate a built-in
// server.
func (v sheet) answers(s sim.Service) string {
	var what string
	switch {
	case s.Program():
		return v.Format(explain.ServiceRuns, escape.Command(s.Exec))
	case s.Held:
		what = v.Format(explain.ServiceHeld)
	case s.Proxy.IsValid() && s.UDP:
		what = v.Format(explain.ServiceRelay, s.Proxy)
	case s.Proxy.IsValid():
		what = v.Format(explain.ServiceProxy, s.Proxy)
	case s.Resolver != nil:
		what = v.Format(explain.ServiceNames, strings.Join(hosts(s.Resolver), " "))
	case s.Names != nil:
		names := make([]string, len(s.Names))
		for i, n := range s.Names {
			names[i] = n.Host
		}
		what = v.Format(explain.ServiceNames, strings.Join(names, " "))
	case s.UDP:
		what = v.Format(explain.ServiceUDP, s.Body)
	default:
		what = v.Format(explain.ServiceAnswers, s.Body)
	}
	if s.Bind.IsValid() {
		what = v.Format(explain.ServiceBound, what, s.Bind)
	}
	return escape.Field(what)
}

// rules writes a node's rules as its firewall tool lists them.
func (v sheet) rules(n *sim.Node) {
	for _, rules := range n.AllRules() {
		for _, l := range rules.List() {
			v.head(explain.HeadRules, l.Command, n.Name)
			for _, line := range l.Lines {
				fmt.Fprintf(v, "  %s\n", v.style.rule.Render(line))
			}
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

// hosts returns the containers whose names a DNS server of Docker knows.
func hosts(r *sim.Resolver) (names []string) {
	for _, n := range r.Networks {
		for _, h := range n.Hosts {
			names = append(names, h.Name)
		}
	}
	return names
}
