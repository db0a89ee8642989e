package netmap

import "slices"

// Window is the part of a map that is shown.
type Window struct {
	X, Y                      int  // of its top left cell on the map
	Left, Right, Above, Below bool // the map continues there
}

// Window returns the part of the map that fits the given size: all of it, or the
// surroundings of the packet.
func (m *Map) Window(w Way, width, height int) (s Window) {
	var at Port
	var box Box
	if p := m.ports[w.At()]; p != nil {
		at = *p
		if i := slices.IndexFunc(m.Boxes, func(b *Box) bool { return b.Node == p.Node }); i >= 0 {
			box = *m.Boxes[i]
		}
	}
	s.X, s.Left, s.Right = window(m.W, width, at.X, box.X, box.X+box.W)
	s.Y, s.Above, s.Below = window(m.H, height, at.Y, box.Y, box.Y+box.H)
	return s
}

// window computes the first cell to show in one dimension. If the map is larger than the
// room, the packet's box is centered, or the packet itself if the box is too large.
func window(length, room, at, from, to int) (offset int, before, after bool) {
	if length <= room {
		return 0, false, false
	}
	middle := (from + to) / 2
	if to-from > room {
		middle = at
	}
	offset = min(max(middle-room/2, 0), length-room)
	return offset, offset > 0, offset+room < length
}
