package plan

import (
	"slices"
	"strings"
	"tracer/trace"
)

// wire is a cable: from a port on the right edge of a box to one on the left
// edge of the next column, or back to the same column. It goes straight, or up
// or down on a track of its own.
type wire struct {
	from, to *port
	track    int // column of cells
}

// lead lays the cables that begin at the right edges of a column of boxes, and
// returns how wide the gap to the next column has to be.
func (p *Plan) lead(nodes []*trace.Node, x int, final bool) int {
	var straight, bent []wire
	for _, n := range nodes {
		for _, iface := range n.Interfaces {
			from := p.ports[Place{n.Name, iface.Name}]
			peer, name, linked := strings.Cut(iface.Peer, "/")
			to := p.ports[Place{peer, name}]
			if !linked || from == nil || to == nil || !from.right {
				continue
			}
			if to.right && to.y < from.y {
				continue // it is laid from there
			}
			if w := (wire{from: from, to: to}); !to.right && to.y == from.y {
				straight = append(straight, w)
			} else {
				bent = append(bent, w)
			}
		}
	}
	// Cables down begin the further left the lower they begin, and those up the
	// other way round: so they do not cross.
	slices.SortStableFunc(bent, func(a, b wire) int {
		downA, downB := a.to.y > a.from.y, b.to.y > b.from.y
		switch {
		case downA != downB && downA:
			return -1
		case downA != downB:
			return 1
		case downA:
			return b.from.y - a.from.y
		}
		return a.from.y - b.from.y
	})
	for i := range bent {
		bent[i].track = x + 1 + i
	}
	p.wires = append(append(p.wires, straight...), bent...)
	if final && len(bent) == 0 {
		return 0
	}
	if len(bent) == 0 {
		return p.gap
	}
	return max(p.gap, len(bent)+2)
}
