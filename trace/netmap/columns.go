package netmap

import (
	"strings"

	"tracer/trace"
)

// columns says in which column each node stands, from 0 on the left. Around a
// host, what is outside stands on the left, the farther the more cables away,
// and its containers stand on the right. Without a host the first node is on the
// left, and the others follow by distance; what no cable leads to stands beside
// them, in its order.
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

// walk gives nodes their columns, from one to the next.
type walk struct {
	nodes  map[string]*trace.Node
	column map[string]int
	next   int // the column to the right of all others
}

func (w *walk) put(name string, column int) {
	w.column[name], w.next = column, max(w.next, column+1)
}

// spread assigns a column to a node that has none, and then to the nodes linked to it, each
// one column further to its side.
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
