package netmap

// rows returns the number of rows of a group.
func (g *Group) rows() int {
	switch {
	case g.Bridge != nil:
		return max(len(g.Ports), 1+len(g.Addresses))
	case g.Tight && len(g.Addresses) > 0:
		return len(g.Addresses)
	}
	return 1 + len(g.Addresses)
}

// width returns the width of a group in cells, without the sign on the edge.
func (g *Group) width() int {
	names, addresses := 0, 0
	for _, q := range g.Ports {
		names = max(names, q.Width)
	}
	for _, a := range g.Addresses {
		addresses = max(addresses, len(a))
	}
	switch {
	case g.Bridge != nil && len(g.Ports) > 0:
		return g.own() + len(" - ") + names
	case g.Bridge != nil:
		return g.own()
	case g.Tight && addresses > 0:
		return names + 1 + addresses
	}
	return max(names, addresses)
}

// own returns the width of a bridge without its ports: its sign, name and addresses.
func (g *Group) own() int {
	w := g.Bridge.Width
	for _, a := range g.Addresses {
		w = max(w, len(a))
	}
	return 2 + w
}

// size computes the size of a box.
func (b *Box) size(tight bool) {
	for i := range b.Left {
		b.Left[i].Tight = tight
	}
	left, right := extents(b.Left), extents(b.Right)
	inner := 0
	for y := range max(len(left), len(right)) {
		w := 0
		if y < len(left) {
			w = left[y]
		}
		if y < len(right) && w > 0 {
			w += 2
		}
		if y < len(right) {
			w += right[y]
		}
		inner = max(inner, w)
	}
	if b.Hooks {
		inner = max(inner, hooksWidth)
	}
	b.W = max(b.W, inner+4)
	b.H = 2 + max(len(left), len(right), 1)
	if b.Hooks {
		b.H++
	}
}

// extents returns, for each row of a side, how far it extends from the edge of the box.
func extents(side []Group) (rows []int) {
	for i := range side {
		g := &side[i]
		for y := range g.rows() {
			w := g.width()
			switch {
			case g.Bridge != nil && y > 0:
				w -= 2 // addresses are below the name, not below its sign
			case g.Bridge == nil && !g.Tight && y == 0:
				w = g.Ports[0].Width
			case g.Bridge == nil && !g.Tight:
				w = len(g.Addresses[y-1])
			}
			rows = append(rows, w)
		}
	}
	return rows
}

// rows assigns rows to the ports of a box that has its place.
func (b *Box) rows() {
	for _, side := range [][]Group{b.Left, b.Right} {
		y := b.Y + 1
		for i := range side {
			g := &side[i]
			if g.Bridge != nil {
				g.Bridge.Y = y
			}
			for k, q := range g.Ports {
				q.Y = y + k
			}
			y += g.rows()
		}
	}
}

// columns assigns columns to the ports of a box that has its place.
func (b *Box) columns() {
	for i := range b.Left {
		b.Left[i].Ports[0].X = b.X
	}
	for i := range b.Right {
		g := &b.Right[i]
		if g.Bridge != nil {
			g.Bridge.X = b.X + b.W - 2 - g.width()
			g.Fork = g.Bridge.X + g.own() + 1
		}
		for _, q := range g.Ports {
			q.X = b.X + b.W - 1
		}
	}
}
