package docker

import (
	"cmp"
	"fmt"
	"slices"
)

// ports returns the published ports in the order in which the engine sets them up.
func (c Container) ports(t traits) []Publish {
	if !t.has(sortedPorts) {
		return c.mappedOrder()
	}
	ports := slices.Clone(c.Publish)
	chosen := func(p Publish) int {
		if p.requested() == 0 {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(ports, func(a, b Publish) int {
		return cmp.Or(cmp.Compare(chosen(a), chosen(b)), cmp.Compare(a.Container, b.Container), cmp.Compare(a.protocol(), b.protocol()), cmp.Compare(a.Host, b.Host), a.Address.Compare(b.Address))
	})
	return ports
}

// mappedOrder returns the published ports in the order in which old engines set them up: the
// highest first, whatever the order of the options -p, but the bindings of one TCP port in
// the reverse of that order.
//
// The engine keeps the ports in a map, by "80/tcp", and sorts them as go-connections does
// (SortPortMap). That comparison contradicts itself: of 8080:81 and 8081:80, each comes
// before the other, one by the container's port, one by the host's. So its result depends
// on the map's iteration order. For small maps that is, seven times out of eight, the order
// of the request, which is sorted by text; mappedOrder uses this one.
func (c Container) mappedOrder() []Publish {
	ports := slices.Clone(c.Publish)
	slices.SortStableFunc(ports, func(a, b Publish) int { return cmp.Compare(a.key(), b.key()) })
	for i := range ports { // by insertion, as package sort does with few elements
		for j := i; j > 0 && ports[j].before(ports[j-1]); j-- {
			ports[j], ports[j-1] = ports[j-1], ports[j]
		}
	}
	// All bindings of one port of the container follow one another.
	first := map[string]int{}
	for i := len(ports) - 1; i >= 0; i-- {
		first[ports[i].key()] = i
	}
	slices.SortStableFunc(ports, func(a, b Publish) int { return first[a.key()] - first[b.key()] })
	return ports
}

// key returns the container's port as the engine's interface names it: "53/udp".
func (p Publish) key() string { return fmt.Sprintf("%d/%s", p.Container, p.protocol()) }

// before is the engine's comparison.
func (p Publish) before(q Publish) bool {
	return p.requested() > q.requested() || p.Container > q.Container || p.Container == q.Container && !p.UDP
}
