package netmap

import "slices"

// Window is the part of a map that is shown where there is no room for all of it.
type Window struct {
	X, Y                      int  // of its top left cell on the map
	Left, Right, Above, Below bool // the map goes on there
}

// Window returns the part to show in so many cells: all of it, or what is around the packet.
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

// window says from which cell on to show what is longer than the room: with the packet's
// box in the middle, or the packet if the box is too long.
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
