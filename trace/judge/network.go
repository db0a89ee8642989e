package judge

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tracer/trace"
)

// Network is a network and its traffic, as a script that a person can read, change and run
// again. String and [Parse] are inverse.
type Network struct {
	Seed  uint64 // of the generator; 0 for a network written by hand
	Note  string // what it shows
	IP    Families
	Nodes []Node
	Wires []Wire
	Lines []Line
}

// Families are the families of a network's addresses.
type Families string

// The families. A network whose script names none is of IPv4.
const (
	IPv4 Families = ""
	IPv6 Families = "ipv6"
	Dual Families = "dual"
)

// six reports whether the network has IPv6 addresses.
func (f Families) six() bool { return f != IPv4 }

// each calls do with each version of IP, as package net names it.
func (f Families) each(do func(version string) error) (err error) {
	for _, version := range map[Families][]string{IPv4: {"4"}, IPv6: {"6"}, Dual: {"4", "6"}}[f] {
		err = errors.Join(err, do(version))
	}
	return err
}

// Node is a network namespace.
type Node struct {
	Name string
	Role trace.Role
}

// Wire is a veth pair. Both of its ends are up from the beginning.
type Wire struct {
	A, B Port
	// Offload: the kernel leaves segmentation to the interfaces, as it does by default, so a
	// frame may contain many segments. Otherwise, no frame is longer than a real cable would carry.
	Offload bool
}

// String returns the wire's line in a script.
func (w Wire) String() string {
	if w.Offload {
		return fmt.Sprintf("wire %s %s offload", w.A, w.B)
	}
	return fmt.Sprintf("wire %s %s", w.A, w.B)
}

// Port is an interface of a node.
type Port struct{ Node, Interface string }

// String returns "node/interface".
func (p Port) String() string { return p.Node + "/" + p.Interface }

// Line is one command of a node. Its first word is a program (ip, iptables, ip6tables, nft), or one of
//
//	sysctl NAME=VALUE                     sets a parameter
//	serve udp|tcp PORT [reply=BYTES]      a server, which lives as long as the network
//	plain INTERFACE                       turns off an interface's segmentation offload
//	join GROUP PORT INTERFACE             a server of a multicast group
//	send udp|tcp|ping|raw …               traffic: see [Request]
//	pause MILLISECONDS                    nothing, for a while
//
// Lines run one after the other, except that a line ending in "&" runs concurrently with the
// next ones.
type Line struct{ Node, Text string }

// Verb returns the line's first word.
func (l Line) Verb() string {
	verb, _, _ := strings.Cut(l.Text, " ")
	return verb
}

// Background reports whether the next line need not wait for this one.
func (l Line) Background() bool { return strings.HasSuffix(l.Text, " &") }

// Words returns the line's words after the verb.
func (l Line) Words() []string {
	words := strings.Fields(strings.TrimSuffix(l.Text, " &"))
	return words[min(1, len(words)):]
}

// String returns the network as a script.
func (n *Network) String() string {
	var b strings.Builder
	if n.Note != "" {
		fmt.Fprintf(&b, "# %s\n", n.Note)
	}
	if n.Seed != 0 {
		fmt.Fprintf(&b, "seed %d\n", n.Seed)
	}
	if n.IP != IPv4 {
		fmt.Fprintln(&b, n.IP)
	}
	for _, m := range n.Nodes {
		fmt.Fprintf(&b, "node %s %s\n", m.Name, m.Role)
	}
	for _, w := range n.Wires {
		fmt.Fprintln(&b, w)
	}
	for _, l := range n.Lines {
		fmt.Fprintf(&b, "%s: %s\n", l.Node, l.Text)
	}
	return b.String()
}

// setup returns the number of lines before the first that sends something.
func (n *Network) setup() int {
	for i, l := range n.Lines {
		if l.Verb() == "send" {
			return i
		}
	}
	return len(n.Lines)
}

// Parse reads a script.
func Parse(text string) (*Network, error) {
	n := &Network{}
	for i, line := range strings.Split(text, "\n") {
		if err := n.parseLine(strings.TrimSpace(line)); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return n, nil
}

func (n *Network) parseLine(line string) (err error) {
	if line == "" {
		return nil
	}
	if note, ok := strings.CutPrefix(line, "# "); ok {
		n.Note = strings.TrimSpace(n.Note + " " + note)
		return nil
	}
	if node, text, ok := strings.Cut(line, ": "); ok && !strings.Contains(node, " ") {
		if !n.has(node) {
			return fmt.Errorf("there is no node %q", node)
		}
		n.Lines = append(n.Lines, Line{node, text})
		return nil
	}
	words := strings.Fields(line)
	switch {
	case Families(line) == IPv6 || Families(line) == Dual:
		n.IP = Families(line)
	case words[0] == "seed" && len(words) == 2:
		n.Seed, err = strconv.ParseUint(words[1], 10, 64)
	case words[0] == "node" && len(words) == 3:
		m := Node{Name: words[1]}
		err = m.Role.UnmarshalText([]byte(words[2]))
		n.Nodes = append(n.Nodes, m)
	case words[0] == "wire" && (len(words) == 3 || len(words) == 4 && words[3] == "offload"):
		w := Wire{Offload: len(words) == 4}
		w.A, err = n.port(words[1])
		if err == nil {
			w.B, err = n.port(words[2])
		}
		n.Wires = append(n.Wires, w)
	default:
		err = fmt.Errorf("%q is not understood", line)
	}
	return err
}

func (n *Network) has(node string) bool {
	return slices.ContainsFunc(n.Nodes, func(m Node) bool { return m.Name == node })
}

func (n *Network) port(text string) (Port, error) {
	node, iface, ok := strings.Cut(text, "/")
	if !ok || iface == "" {
		return Port{}, errors.New("an interface is written NODE/INTERFACE")
	}
	if !n.has(node) {
		return Port{}, fmt.Errorf("there is no node %q", node)
	}
	return Port{node, iface}, nil
}
