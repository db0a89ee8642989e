package judge

import (
	"slices"
	"strings"
)

// Shrink drops parts of a network as long as fails holds for the rest, and returns a network
// from which nothing more can be dropped. fails must tolerate networks that cannot be built.
func Shrink(n *Network, fails func(*Network) bool) *Network {
	for smaller := true; smaller; {
		smaller = false
		for _, drop := range n.parts() {
			if rest := n.without(drop); len(rest.Lines) < len(n.Lines) && fails(rest) {
				n, smaller = rest, true
				break
			}
		}
	}
	return n.bare()
}

// parts returns the sets of lines to be dropped, large ones first: half of the traffic or of
// the rest, then single lines.
func (n *Network) parts() (sets []func(int) bool) {
	setup, all := n.setup(), len(n.Lines)
	for _, piece := range [][2]int{{setup, (setup + all) / 2}, {(setup + all) / 2, all}} {
		if piece[1]-piece[0] > 1 {
			sets = append(sets, func(i int) bool { return piece[0] <= i && i < piece[1] })
		}
	}
	for at := range slices.Backward(n.Lines) {
		sets = append(sets, func(i int) bool { return i == at })
	}
	return sets
}

func (n *Network) without(drop func(int) bool) *Network {
	c := *n
	c.Lines = nil
	for i, l := range n.Lines {
		if !drop(i) {
			c.Lines = append(c.Lines, l)
		}
	}
	return &c
}

// bare drops the nodes and wires that no line needs.
func (n *Network) bare() *Network {
	c := *n
	c.Wires = slices.DeleteFunc(slices.Clone(n.Wires), func(w Wire) bool { return !n.speaksOf(w.A) && !n.speaksOf(w.B) })
	c.Nodes = slices.DeleteFunc(slices.Clone(n.Nodes), func(m Node) bool {
		wired := slices.ContainsFunc(c.Wires, func(w Wire) bool { return w.A.Node == m.Name || w.B.Node == m.Name })
		return !wired && !slices.ContainsFunc(n.Lines, func(l Line) bool { return l.Node == m.Name })
	})
	return &c
}

func (n *Network) speaksOf(p Port) bool {
	return slices.ContainsFunc(n.Lines, func(l Line) bool {
		return l.Node == p.Node && slices.Contains(strings.Fields(l.Text), p.Interface)
	})
}
