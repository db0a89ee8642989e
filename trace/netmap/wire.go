package netmap

import (
	"slices"
	"strings"

	"tracer/trace"
)

// Wire is a cable from a port on the right edge of a box to one on the left edge of the
// next column, or back to the same column. It is straight, or goes up or down on its own
// track.
type Wire struct {
	From, To *Port
	Track    int // its column of cells; 0 if it is straight
}

// lead lays the cables that start at the right edges of a column of boxes, and returns the
// width of the gap to the next column.
func (m *Map) lead(nodes []*trace.Node, x int, final bool) int {
	var straight, bent []Wire
	for _, n := range nodes {
		for _, iface := range n.Interfaces {
			from := m.ports[Place{n.Name, iface.Name}]
			peer, name, linked := strings.Cut(iface.Peer, "/")
			to := m.ports[Place{peer, name}]
			if !linked || from == nil || to == nil || !from.Right {
				continue
			}
			if to.Right && to.Y < from.Y {
				continue // laid from the other end
			}
			if w := (Wire{From: from, To: to}); !to.Right && to.Y == from.Y {
				straight = append(straight, w)
			} else {
				bent = append(bent, w)
			}
		}
	}
	// Of the cables going down, the lowest gets the leftmost track; of those going up,
	// the highest. So they do not cross.
	slices.SortStableFunc(bent, func(a, b Wire) int {
		downA, downB := a.To.Y > a.From.Y, b.To.Y > b.From.Y
		switch {
		case downA != downB && downA:
			return -1
		case downA != downB:
			return 1
		case downA:
			return b.From.Y - a.From.Y
		}
		return a.From.Y - b.From.Y
	})
	for i := range bent {
		bent[i].Track = x + 1 + i
	}
	m.Wires = append(append(m.Wires, straight...), bent...)
	if final && len(bent) == 0 {
		return 0
	}
	if len(bent) == 0 {
		return m.gap
	}
	return max(m.gap, len(bent)+2)
}
