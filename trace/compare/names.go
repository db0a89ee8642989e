package compare

import (
	"net/netip"
	"slices"
	"strings"

	"tracer/trace"
)

// names gives equal names to what corresponds in two networks although each run names it anew:
// hardware addresses, and interfaces and addresses of the same node in the same role. Names are
// only compared.
//
//	host/veth41f0c2a ─┐                        172.17.0.2 of flask/eth0 ─┐
//	host/vethb6b29d3 ─┴▶ the end opposite to   172.17.0.3 of flask/eth0 ─┴▶ the first address of
//	                     flask/eth0                                         flask/eth0
type names struct {
	interfaces [2]map[point]string
	addresses  [2]map[netip.Addr]string
	prefixes   [2]map[netip.Prefix]string
	hardware   [2]map[trace.MAC]string
}

type point struct{ node, name string }

// sign begins the name of what was renamed. No name that the kernel allows contains it.
const sign = "\x00"

func newNames(a, b *trace.State) *names {
	n := &names{}
	for _, s := range Sides {
		n.interfaces[s], n.addresses[s] = map[point]string{}, map[netip.Addr]string{}
		n.prefixes[s], n.hardware[s] = map[netip.Prefix]string{}, map[trace.MAC]string{}
	}
	for i := range a.Nodes {
		if other := b.Node(a.Nodes[i].Name); other != nil {
			n.node(&a.Nodes[i], other)
		}
	}
	return n
}

// node names the interfaces of a node: those with the same name, the ends of a veth pair with
// the same other end, and the bridges with the same ports.
func (n *names) node(a, b *trace.Node) {
	n.match(a, b, func(_ Side, _ *trace.Node, i *trace.Interface) string { return i.Name })
	n.match(a, b, func(_ Side, _ *trace.Node, i *trace.Interface) string { return i.Peer })
	n.match(a, b, n.ports)
	for i := range a.Interfaces {
		f := &a.Interfaces[i]
		name := n.interfaces[A][point{a.Name, f.Name}]
		for k := range b.Interfaces {
			if g := &b.Interfaces[k]; name != "" && n.interfaces[B][point{b.Name, g.Name}] == name {
				n.pair(a.Name+"/"+name, f, g)
			}
		}
	}
}

// match names interfaces that have the same key, if no other interface of the node has it.
func (n *names) match(a, b *trace.Node, key func(Side, *trace.Node, *trace.Interface) string) {
	found := [2]map[string][]string{{}, {}}
	for s, node := range [...]*trace.Node{a, b} {
		for i := range node.Interfaces {
			f := &node.Interfaces[i]
			if k := key(Side(s), node, f); k != "" && n.interfaces[s][point{node.Name, f.Name}] == "" {
				found[s][k] = append(found[s][k], f.Name)
			}
		}
	}
	for k, of := range found[A] {
		if with := found[B][k]; len(of) == 1 && len(with) == 1 {
			name := of[0]
			if name != with[0] {
				name = sign + k
			}
			n.interfaces[A][point{a.Name, of[0]}], n.interfaces[B][point{b.Name, with[0]}] = name, name
		}
	}
}

// ports returns the names of a bridge's ports, or "".
func (n *names) ports(s Side, node *trace.Node, bridge *trace.Interface) string {
	var list []string
	for i := range node.Interfaces {
		if f := &node.Interfaces[i]; f.Master == bridge.Name {
			list = append(list, n.interfaces[s][point{node.Name, f.Name}])
		}
	}
	slices.Sort(list)
	if len(list) == 0 || list[0] == "" {
		return ""
	}
	return strings.Join(list, " ")
}

// pair names the addresses of an interface on both sides. A bridge can have the hardware address of one
// of its ports; frames that the host sends are the bridge's.
func (n *names) pair(place string, a, b *trace.Interface) {
	for s, f := range [...]*trace.Interface{a, b} {
		if _, known := n.hardware[s][f.MAC]; !f.MAC.IsZero() && (!known || f.Master == "") {
			n.hardware[s][f.MAC] = sign + place
		}
	}
	for _, is4 := range [...]bool{true, false} {
		of, with := only(a, b, is4), only(b, a, is4)
		if len(of) != len(with) {
			continue
		}
		for i := range of {
			name := sign + place + sign + string(rune('a'+i))
			n.addresses[A][of[i].Addr()], n.addresses[B][with[i].Addr()] = name, name
			if p, q := of[i].Masked(), with[i].Masked(); p != q && p.Bits() == q.Bits() {
				n.prefixes[A][p], n.prefixes[B][q] = sign+"net "+name, sign+"net "+name
			}
		}
	}
}

// only returns the addresses of a family that an interface has and its counterpart does not.
func only(f, other *trace.Interface, is4 bool) (list []netip.Prefix) {
	for _, p := range f.Addresses {
		if p.Addr().Is4() == is4 && !p.Addr().IsLinkLocalUnicast() && !slices.Contains(other.Addresses, p) {
			list = append(list, p)
		}
	}
	return list
}

// iface returns the name of an interface.
func (n *names) iface(s Side, node, name string) string {
	if known := n.interfaces[s][point{node, name}]; known != "" {
		return known
	}
	return name
}

func (n *names) address(s Side, a netip.Addr) string {
	if name := n.addresses[s][a]; name != "" {
		return name
	}
	return a.String()
}

func (n *names) mac(s Side, m trace.MAC) string {
	if name := n.hardware[s][m]; name != "" {
		return name
	}
	return m.String()
}

// text returns a rule or a route of a node with its interfaces and addresses named.
func (n *names) text(s Side, node, text string) string {
	list := strings.Fields(text)
	for i, word := range list {
		list[i] = n.word(s, node, word)
	}
	return strings.Join(list, " ")
}

func (n *names) word(s Side, node, word string) string {
	if name := n.interfaces[s][point{node, word}]; name != "" {
		return name
	}
	if p, err := netip.ParsePrefix(word); err == nil {
		if name := n.prefixes[s][p]; name != "" {
			return name
		}
		return n.address(s, p.Addr()) + "/" + word[strings.IndexByte(word, '/')+1:]
	}
	if a, err := netip.ParseAddr(word); err == nil {
		return n.address(s, a)
	}
	if a, err := netip.ParseAddrPort(word); err == nil {
		return n.address(s, a.Addr()) + ":" + word[strings.LastIndexByte(word, ':')+1:]
	}
	return word
}
