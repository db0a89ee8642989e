package docker

import (
	"fmt"
	"slices"
)

// The range from which the kernel and engines choose ports: the default of
// net.ipv4.ip_local_port_range.
const firstEphemeral, lastEphemeral = 32768, 60999

// choose gives published ports that name no port of the host the first free one, as a fresh
// engine does: 32768, 32769, …
func (e *Engine) choose(r release) error {
	var taken []Publish
	for i := range e.Containers {
		c := &e.Containers[i]
		n := e.first(r, *c)
		if n == nil || n.Internal || n.Mode == Routed && n.Mode6 == Routed {
			continue // nothing is published at a port of the host
		}
		for _, p := range c.Publish {
			if p.Host != 0 {
				taken = append(taken, p)
			} else if p.Address.IsValid() && !r.has(sortedPorts) {
				return fmt.Errorf("container %s: engine %s would give further ports other numbers for IPv6 than for IPv4; name a port for %s", c.Name, r.version, p)
			}
		}
		order := c.ports(r.traits)
		c.Publish = slices.Clone(c.Publish)
		for _, p := range order {
			same := make([]*Publish, 0, 1) // of one port of the container, at several addresses
			for k := range c.Publish {
				if q := &c.Publish[k]; q.Host == 0 && q.key() == p.key() {
					same = append(same, q)
				}
			}
			if len(same) == 0 {
				continue
			}
			number, err := free(same, taken)
			if err != nil {
				return fmt.Errorf("container %s: %w", c.Name, err)
			}
			for _, q := range same {
				q.Host, q.chosen = number, true
				taken = append(taken, *q)
			}
		}
	}
	return nil
}

// free returns the first port that is free for all of several published ports.
func free(list []*Publish, taken []Publish) (uint16, error) {
	for number := firstEphemeral; number <= lastEphemeral; number++ {
		inUse := slices.ContainsFunc(taken, func(t Publish) bool {
			return t.Host == uint16(number) && slices.ContainsFunc(list, func(p *Publish) bool { return p.overlaps(t) })
		})
		if !inUse {
			return uint16(number), nil
		}
	}
	return 0, fmt.Errorf("no port is free")
}

// overlaps reports whether two published ports exclude each other if their numbers are equal.
func (p Publish) overlaps(q Publish) bool {
	switch {
	case p.UDP != q.UDP:
		return false
	case !p.Address.IsValid() || !q.Address.IsValid():
		return true
	}
	return p.Address.Is4() == q.Address.Is4() && (p.Address == q.Address || p.Address.IsUnspecified() || q.Address.IsUnspecified())
}

// requested returns the port of the host that was asked for; 0: the engine had to choose it.
func (p Publish) requested() uint16 {
	if p.chosen {
		return 0
	}
	return p.Host
}
