package tui

import (
	tea "charm.land/bubbletea/v2"

	"tracer/trace/explain"
)

// click goes to the packet or hop that was clicked, or selects a pane.
func (m *model) click(x, y int) {
	if m.list.len() == 0 || m.layout.small {
		return
	}
	switch l := &m.layout; {
	case l.packets.has(x, y):
		if at := m.view.firstPacket + y - l.packets.y - 1; y > l.packets.y && at < m.list.len() {
			m.goTo(cursor{at, 0})
		}
	case l.hops.has(x, y):
		if at := m.view.firstHop + y - l.hops.y - 1; y > l.hops.y && at < explain.Stops(m.packet()) {
			m.goTo(cursor{m.at.packet, at})
		}
	case l.detail.has(x, y) && y == l.detail.y:
		for _, tab := range m.tabs() {
			if x >= l.detail.x+tab.from && x < l.detail.x+tab.to {
				m.pane, m.scroll = tab.pane, 0
			}
		}
	}
}

// wheel scrolls the part under the pointer.
func (m *model) wheel(e tea.Mouse) {
	if m.list.len() == 0 || m.layout.small {
		return
	}
	by := 0
	switch e.Button {
	case tea.MouseWheelDown:
		by = 1
	case tea.MouseWheelUp:
		by = -1
	}
	switch l := &m.layout; {
	case l.packets.has(e.X, e.Y):
		m.goTo(cursor{min(max(0, m.at.packet+by), m.list.len()-1), 0})
	case l.hops.has(e.X, e.Y):
		m.goTo(cursor{m.at.packet, min(max(0, m.at.stop+by), explain.Stops(m.packet())-1)})
	case l.detail.has(e.X, e.Y):
		m.scroll += min(by, m.view.below)
	}
}
