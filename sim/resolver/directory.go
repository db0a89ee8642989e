package resolver

import (
	"net/netip"
	"slices"
	"strings"
)

// Directory is what the server of one container knows.
type Directory struct {
	Networks []Network // those of the container, in the order in which they are searched
}

// Network is a user-defined network.
type Network struct {
	Name  string
	Hosts []Host
}

// Host is a container on a network.
type Host struct {
	Name      string
	Aliases   []string // other names
	Addresses []netip.Addr
}

// Lookup returns the addresses of a name: of "a.b.c" as a name on any network, then of "a.b"
// on the network "c", then of "a" on the network "b.c". It returns nil if there is no such
// name.
func (d *Directory) Lookup(name string) []netip.Addr {
	name = strings.TrimSuffix(name, ".")
	for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], '.') {
		host, network := name[:end], ""
		if end < len(name) {
			network = name[end+1:]
		}
		for _, n := range d.Networks {
			if network != "" && network != n.Name {
				continue
			}
			if found := n.lookup(host); found != nil {
				return found
			}
		}
	}
	return nil
}

func (n *Network) lookup(name string) (found []netip.Addr) {
	for _, h := range n.Hosts {
		if h.named(name) {
			found = append(found, h.Addresses...)
		}
	}
	return found
}

// named reports whether a host has a name.
func (h *Host) named(name string) bool {
	return strings.EqualFold(h.Name, name) ||
		slices.ContainsFunc(h.Aliases, func(alias string) bool { return strings.EqualFold(alias, name) })
}

// Reverse returns the name of an address, followed by that of its network; "" if there is
// none.
func (d *Directory) Reverse(a netip.Addr) string {
	for _, n := range d.Networks {
		for _, h := range n.Hosts {
			if slices.Contains(h.Addresses, a) {
				return h.Name + "." + n.Name
			}
		}
	}
	return ""
}
