package plan

import (
	"strings"

	"tracer/sim"
)

// columns says in which column each node stands, from 0 on the left. Around a
// host, what is outside stands on the left, the farther the more cables away,
// and its containers stand on the right. Without a host the first node is on the
// left, and the others follow by distance; what no cable leads to stands beside
// them, in its order.
func columns(s *sim.State) map[string]int {
	host := ""
	for i := range s.Nodes {
		if s.Nodes[i].Role == sim.RoleHost {
			host = s.Nodes[i].Name
			break
		}
	}
	column := map[string]int{}
	if host == "" {
		next := 0
		for i := range s.Nodes {
			if _, known := column[s.Nodes[i].Name]; !known {
				spread(s, column, s.Nodes[i].Name, next, func(*sim.NodeState) int { return 1 })
				for _, c := range column {
					next = max(next, c+1)
				}
			}
		}
		return column
	}
	side := func(n *sim.NodeState) int {
		if n.Role == sim.RoleContainer {
			return 1
		}
		return -1
	}
	spread(s, column, host, 0, side)
	for i := range s.Nodes { // nodes that no cable leads to
		if _, known := column[s.Nodes[i].Name]; !known {
			spread(s, column, s.Nodes[i].Name, -1, side)
		}
	}
	least := 0
	for _, c := range column {
		least = min(least, c)
	}
	for name := range column {
		column[name] -= least
	}
	return column
}

// spread gives a node its column, and from there all that are linked to it, each
// one column further to its side.
func spread(s *sim.State, column map[string]int, from string, at int, side func(*sim.NodeState) int) {
	column[from] = at
	todo := []string{from}
	for len(todo) > 0 {
		n := s.Node(todo[0])
		todo = todo[1:]
		for i := range n.Interfaces {
			name, _, linked := strings.Cut(n.Interfaces[i].Peer, "/")
			other := s.Node(name)
			if _, known := column[name]; !linked || known || other == nil {
				continue
			}
			column[name] = column[n.Name] + side(other)
			todo = append(todo, name)
		}
	}
}
