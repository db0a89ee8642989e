package netmap

import (
	"slices"

	"tracer/trace"
)

// Way is the part of its path that a packet has covered.
type Way struct {
	Visited []Place             // where it was seen, in order; the last is where it is
	Hooks   map[string][]Passed // by node: the hooks it has passed there
	Inside  string              // the node that it is passing through, between two sightings; empty: none
	Dead    bool                // it was lost
}

// Passed is a netfilter hook that a packet has passed.
type Passed struct {
	Hook    trace.Hook
	Changed bool // an address or port changed there
	Dropped bool
}

// NewWay returns the way up to a stop: a hop, or what follows the last hop: the end,
// or what has happened to a packet that is still under way.
func NewWay(j *trace.Journey, stop int) Way {
	w := Way{Hooks: map[string][]Passed{}}
	for i := range min(stop+1, len(j.Hops)) {
		h := &j.Hops[i]
		w.Visited = append(w.Visited, Place{h.Node, h.Interface})
		w.pass(h.Node, h.Hooks, h.Changes)
	}
	if stop < len(j.Hops) {
		return w
	}
	o := &j.Outcome
	w.pass(o.Node, o.Hooks, o.Changes)
	if o.Kind == 0 {
		w.Inside = o.Node
	}
	if n := len(w.Hooks[o.Node]); n > 0 && o.Kind == trace.OutcomeDropped {
		w.Hooks[o.Node][n-1].Dropped = true
	}
	w.Dead = o.Lost()
	return w
}

// pass adds hooks to those passed in a node.
func (w *Way) pass(node string, hooks []trace.Hook, changes []trace.Change) {
	out := w.Hooks[node]
	for _, hook := range hooks {
		changed := slices.ContainsFunc(changes, func(c trace.Change) bool { return c.Hook == hook && c.Field.Translated() })
		if n := len(out); n > 0 && out[n-1].Hook == hook { // split by a frame on a bridge port
			out[n-1].Changed = out[n-1].Changed || changed
			continue
		}
		out = append(out, Passed{Hook: hook, Changed: changed})
	}
	w.Hooks[node] = out
}

// Node returns the node that the packet is in, or "" before it was seen.
func (w *Way) Node() string {
	if w.Inside != "" {
		return w.Inside
	}
	return w.At().Node
}

// At returns the place of the packet, or the zero Place before it was seen.
func (w *Way) At() Place {
	if n := len(w.Visited); n > 0 {
		return w.Visited[n-1]
	}
	return Place{}
}

// Stepped reports whether the packet went directly from one place to the other, in either
// direction.
func (w *Way) Stepped(a, b Place) bool {
	for i := 1; i < len(w.Visited); i++ {
		u, v := w.Visited[i-1], w.Visited[i]
		if u == a && v == b || u == b && v == a {
			return true
		}
	}
	return false
}

// Heading returns the direction in which a packet moves on the map: -1 is left, 1 is right,
// and 0 is neither. At its first stop, a packet is leaving through the port.
func (m *Map) Heading(w *Way) int {
	n := len(w.Visited)
	if n == 0 {
		return 0
	}
	at := m.ports[w.Visited[n-1]]
	if n == 1 && at != nil && at.Right {
		return 1
	} else if n == 1 {
		return -1
	}
	before := m.ports[w.Visited[n-2]]
	switch {
	case at == nil || before == nil || before.X == at.X:
		return 0
	case before.X < at.X:
		return 1
	}
	return -1
}
