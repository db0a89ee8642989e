package scenarios

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tracer/sim"
	"tracer/sim/docker"
)

// Parse reads a scenario from the text of a YAML file. file is its name: messages contain
// it, and the programs of services are relative to its directory. The error is a
// [*Problems].
func Parse(file string, text []byte) (*Scenario, error) { return ParseOn(file, text, "") }

// ParseOn is Parse for a scenario that is to run with another release of Docker Engine than
// it names, one of [docker.Versions]. Its expectations are about the release that it names, so
// the result has none.
func ParseOn(file string, text []byte, engine string) (*Scenario, error) {
	p := &parser{engine: engine,
		reader: reader{places: map[string]*yaml.Node{}},
		dir:    filepath.Dir(file), engines: map[string]*docker.Engine{}, commands: map[string][]string{},
	}
	p.scenario.Engines = map[string]docker.Engine{}
	p.parse(text)
	if len(p.problems) > 0 {
		slices.SortStableFunc(p.problems, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return nil, &Problems{File: file, List: p.problems}
	}
	return &p.scenario, nil
}

// parser builds a scenario while it reads the file.
type parser struct {
	reader
	scenario Scenario
	dir      string
	links    []link
	engines  map[string]*docker.Engine // by host
	hosts    []string                  // the nodes with an engine, in order
	commands map[string][]string       // by node: iptables commands
	failed   map[string]bool           // by host: its engine could not be installed
	engine   string                    // in place of those that the file names; empty: none

	ports, bodies, linked int // totals of the file
}

// link is an interface, with the other end of its link if the file names it here.
type link struct {
	end  sim.Endpoint
	to   string // "node/interface"
	node *yaml.Node
	path string
}

func (p *parser) parse(text []byte) {
	if len(text) > maxFile {
		p.note(nil, "", "has more than %d bytes", maxFile)
		return
	}
	var doc, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF):
		p.note(nil, "", "is empty")
		return
	case err != nil:
		p.syntax(text, err)
		return
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		p.note(&second, "", "has a second document; a file must contain one scenario")
		return
	case !errors.Is(err, io.EOF):
		p.syntax(text, err)
		return
	}
	s := &p.scenario
	fields := []field{
		{"name", true, func(n *yaml.Node, path string) { s.Name = p.name(n, path) }},
		{"title", true, func(n *yaml.Node, path string) { s.Title = p.text(n, path) }},
		{"group", false, func(n *yaml.Node, path string) { s.Group = p.word(n, path, Groups()) }},
		{"course", false, func(n *yaml.Node, path string) { s.Course = p.number(n, path, 1, 1000) }},
		{"minutes", false, func(n *yaml.Node, path string) { s.Minutes = p.number(n, path, 1, 600) }},
		{"after", false, func(n *yaml.Node, path string) { s.After = items(&p.reader, n, path, p.name) }},
	}
	fields = append(fields, p.lesson(&s.Lesson)...)
	p.mapping(doc.Content[0], "", append(fields,
		field{"nodes", true, func(n *yaml.Node, path string) { p.named(n, path, p.node) }},
		field{"networks", false, func(n *yaml.Node, path string) { p.named(n, path, p.network) }},
		field{"services", false, func(n *yaml.Node, path string) { p.named(n, path, p.service) }},
		field{"traffic", true, func(n *yaml.Node, path string) { s.Traffic = items(&p.reader, n, path, p.request) }},
		field{"expect", false, func(n *yaml.Node, path string) { s.Expect = items(&p.reader, n, path, p.expectation) }},
		field{"faults", false, func(n *yaml.Node, path string) { p.named(n, path, p.fault) }},
	)...)
	p.compile()
}

// lesson returns the keys of what a scenario or a fault teaches.
func (p *parser) lesson(l *Lesson) []field {
	text := func(to *string) func(*yaml.Node, string) {
		return func(n *yaml.Node, path string) { *to = strings.TrimSpace(p.text(n, path)) }
	}
	return []field{
		{"story", false, text(&l.Story)},
		{"question", false, text(&l.Question)},
		{"answer", false, text(&l.Answer)},
		{"refutes", false, text(&l.Refutes)},
	}
}

var plainName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

func (p *parser) name(n *yaml.Node, path string) string {
	s := p.text(n, path)
	if s != "" && !plainName.MatchString(s) {
		p.note(n, path, "%q is not a name of lower-case letters, digits and hyphens", s)
	}
	return s
}

// plain reports whether an address is an IPv4 address, or an IPv6 address that no IPv4 address
// is hidden in.
func plain(a netip.Addr) bool { return a.IsValid() && !a.Is4In6() && a.Zone() == "" }

func parsePrefix(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil || !plain(p.Addr()) {
		return p, fmt.Errorf("%q is not an address with a prefix length, such as 192.168.1.2/24 or fd00::2/64", s)
	}
	return p, nil
}

// parsePrefix4 and parsePrefix6 accept only one family.
func parsePrefix4(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil || !p.Addr().Is4() {
		return p, fmt.Errorf("%q is not an IPv4 address with a prefix length, such as 172.18.0.1/16", s)
	}
	return p, nil
}

func parsePrefix6(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil || !p.Addr().Is6() || !plain(p.Addr()) {
		return p, fmt.Errorf("%q is not an IPv6 address with a prefix length, such as fd00:6::1/64", s)
	}
	return p, nil
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
