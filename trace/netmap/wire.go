package netmap

import (
	"slices"
	"strings"

	"tracer/trace"
)

// Wire is a cable: from a port on the right edge of a box to one on the left
// edge of the next column, or back to the same column. It goes straight, or up
// or down on a track of its own.
type Wire struct {
	From, To *Port
	Track    int // its column of cells; 0: it is straight
}

// lead lays the cables that begin at the right edges of a column of boxes, and
// returns how wide the gap to the next column has to be.
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
				continue // it is laid from there
			}
			if w := (Wire{From: from, To: to}); !to.Right && to.Y == from.Y {
				straight = append(straight, w)
			} else {
				bent = append(bent, w)
			}
		}
	}
	// Cables down begin the further left the lower they begin, and those up the
	// other way round: so they do not cross.
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
