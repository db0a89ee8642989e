package sim

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"
)

// maxName is the maximum length of an interface name in bytes: IFNAMSIZ without the NUL.
const maxName = 15

// maxNode is the maximum length of a node's name in bytes, like that of a DNS label (RFC
// 1035, 2.3.4).
const maxNode = 63

// notInName reports whether a character is not allowed in a node's name. The name
// becomes part of file names.
func notInName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._", r)
}

// notInDevice does the same for an interface's name. The kernel does not allow slashes,
// colons and white space (dev_valid_name in net/core/dev.c), and replaces %d with a
// number.
func notInDevice(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("/:%", r) }

// minMTU is the smallest MTU an IPv4 interface can have (RFC 791), and minMTU6 that of IPv6
// (RFC 8200, 5): below it, an interface has no IPv6 addresses.
const minMTU, minMTU6, maxMTU = 68, 1280, 65535

// Validate returns an [*InvalidError] that lists all mistakes that would make [Build]
// fail, or build a network that the author cannot have intended. It returns nil if there
// are none.
func (t *Topology) Validate() error {
	v := validator{topology: t}
	v.nodes()
	v.links()
	for _, n := range t.Nodes {
		v.node(n)
	}
	v.addresses()
	if len(v.problems) == 0 {
		return nil
	}
	return &InvalidError{Problems: v.problems}
}

type validator struct {
	topology *Topology
	problems []Problem
}

func (v *validator) add(path, format string, args ...any) {
	v.problems = append(v.problems, Problem{Path: path, Text: fmt.Sprintf(format, args...)})
}

func (v *validator) nodes() {
	if len(v.topology.Nodes) == 0 {
		v.add("nodes", "there is none")
	}
	seen := map[string]bool{}
	for i, n := range v.topology.Nodes {
		path := fmt.Sprintf("nodes[%d]", i)
		switch {
		case n.Name == "":
			v.add(path, "has no name")
		case len(n.Name) > maxNode:
			v.add(path, "name %q has %d bytes, at most %d are allowed", n.Name[:maxNode], len(n.Name), maxNode)
		case strings.ContainsFunc(n.Name, notInName) || n.Name[0] == '.' || n.Name[0] == '-':
			v.add(path, "name %q has characters other than letters, digits, hyphens, dots and underscores", n.Name)
		case seen[n.Name]:
			v.add(path, "name %q is taken by another node", n.Name)
		}
		seen[n.Name] = true
		if _, ok := ParseRole(n.Role.String()); !ok {
			v.add("nodes["+n.Name+"].role", "%s is none of %s", n.Role, strings.Join(Roles(), ", "))
		}
	}
}

func (v *validator) links() {
	for i, l := range v.topology.Links {
		path := fmt.Sprintf("links[%d]", i)
		for _, e := range []Endpoint{l.A, l.B} {
			v.endpoint(e)
		}
		if (l.A.Index == 0) != (l.B.Index == 0) {
			v.add(path, "gives an interface index for one end only; give both or neither")
		}
	}
}

func (v *validator) endpoint(e Endpoint) {
	path := e.Node + "/" + e.Interface
	n, ok := v.topology.Node(e.Node)
	if !ok {
		v.add(path, "there is no node %q", e.Node)
		return
	}
	v.device(path, e.Interface, e.MTU, e.Addresses)
	if e.Bridge == "" {
		return
	}
	for _, b := range n.Bridges {
		if b.Name == e.Bridge {
			return
		}
	}
	v.add(path, "node %s has no bridge %q", e.Node, e.Bridge)
}

func (v *validator) device(path, name string, mtu int, addresses []netip.Prefix) {
	switch {
	case name == "":
		v.add(path, "interface has no name")
	case len(name) > maxName:
		v.add(path, "interface name %q has %d bytes, at most %d are allowed", name, len(name), maxName)
	case strings.ContainsFunc(name, notInDevice) || slices.Contains([]string{".", "..", "all", "default"}, name):
		v.add(path, "%q cannot name an interface", name)
	case name == "lo":
		v.add(path, "lo already exists in every node")
	}
	if mtu != 0 && (mtu < minMTU || mtu > maxMTU) {
		v.add(path, "mtu %d is not between %d and %d", mtu, minMTU, maxMTU)
	} else if mtu != 0 && mtu < minMTU6 && slices.ContainsFunc(addresses, func(p netip.Prefix) bool { return p.Addr().Is6() }) {
		v.add(path, "mtu %d is less than %d, which IPv6 needs", mtu, minMTU6)
	}
}

func (v *validator) node(n Node) {
	path := "nodes[" + n.Name + "]"
	names := map[string]bool{}
	unique := func(name string) {
		if names[name] {
			v.add(n.Name+"/"+name, "node %s has two interfaces of that name", n.Name)
		}
		names[name] = true
	}
	for _, b := range n.Bridges {
		v.device(n.Name+"/"+b.Name, b.Name, b.MTU, b.Addresses)
		unique(b.Name)
	}
	for _, e := range v.topology.Endpoints(n.Name) {
		unique(e.Interface)
	}
	for i, r := range n.Routes {
		v.route(fmt.Sprintf("%s.routes[%d]", path, i), n, r, names)
	}
	for i, r := range n.RoutingRules {
		v.routingRule(fmt.Sprintf("%s.routing_rules[%d]", path, i), n, r, names)
	}
	for i, s := range n.Services {
		at := fmt.Sprintf("%s.services[%d]", path, i)
		if s.Port == 0 {
			v.add(at, "has no port")
		}
		v.resolver(at, s.Resolver)
		if s.Program() && s.Body != "" {
			v.add(at, "is both a program and the built-in server")
		}
	}
	for i, s := range n.Sysctls {
		if err := s.check(names); err != nil {
			v.add(fmt.Sprintf("%s.sysctls[%d]", path, i), "%v", err)
		}
	}
	for _, rules := range n.AllRules() {
		for _, p := range rules.Validate() {
			v.add(path+".rules", "%v", p)
		}
	}
}

// subnet is one address of one interface.
type subnet struct {
	node, iface string
	prefix      netip.Prefix
}

func (v *validator) subnets(n Node) []subnet {
	var all []subnet
	for _, b := range n.Bridges {
		for _, p := range b.Addresses {
			all = append(all, subnet{n.Name, b.Name, p})
		}
	}
	for _, e := range v.topology.Endpoints(n.Name) {
		for _, p := range e.Addresses {
			all = append(all, subnet{n.Name, e.Interface, p})
		}
	}
	return all
}
