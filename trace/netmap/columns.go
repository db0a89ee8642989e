package netmap

import (
	"strings"

	"tracer/trace"
)

// columns returns the column of each node, from 0 on the left. With a host, the nodes
// outside are on its left, farther away the more cables lie between, and its containers
// are on its right. Without a host, the first node is on the left, and the others follow
// by distance. Unconnected nodes come after them, in their order.
func columns(s *trace.State) map[string]int {
	c := walk{nodes: make(map[string]*trace.Node, len(s.Nodes)), column: map[string]int{}}
	host := ""
	for i := range s.Nodes {
		n := &s.Nodes[i]
		c.nodes[n.Name] = n
		if n.Role == trace.RoleHost && host == "" {
			host = n.Name
		}
	}
	if host == "" {
		for i := range s.Nodes {
			c.spread(s.Nodes[i].Name, c.next, func(*trace.Node) int { return 1 })
		}
		return c.column
	}
	side := func(n *trace.Node) int {
		if n.Role == trace.RoleContainer {
			return 1
		}
		return -1
	}
	c.spread(host, 0, side)
	for i := range s.Nodes { // nodes that no cable leads to
		c.spread(s.Nodes[i].Name, -1, side)
	}
	least := 0
	for _, at := range c.column {
		least = min(least, at)
	}
	for name := range c.column {
		c.column[name] -= least
	}
	return c.column
}

// walk assigns columns to nodes, from neighbor to neighbor.
type walk struct {
	nodes  map[string]*trace.Node
	column map[string]int
	next   int // the column to the right of all others
}

func (w *walk) put(name string, column int) {
	w.column[name], w.next = column, max(w.next, column+1)
}

// spread assigns a column to a node that has none, and then to the nodes linked to it,
// directly or not: each one column further, to its side.
func (w *walk) spread(from string, at int, side func(*trace.Node) int) {
	if _, known := w.column[from]; known {
		return
	}
	w.put(from, at)
	todo := []string{from}
	for len(todo) > 0 {
		n := w.nodes[todo[0]]
		todo = todo[1:]
		for i := range n.Interfaces {
			name, _, linked := strings.Cut(n.Interfaces[i].Peer, "/")
			other := w.nodes[name]
			if _, known := w.column[name]; !linked || known || other == nil {
				continue
			}
			w.put(name, w.column[n.Name]+side(other))
			todo = append(todo, name)
		}
	}
}
