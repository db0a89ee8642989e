package tui

import tea "charm.land/bubbletea/v2"

// click goes to the packet or hop that was clicked, or selects a pane.
func (m *model) click(x, y int) {
	if m.list.len() == 0 || m.layout.small || m.staged {
		return
	}
	switch l := &m.layout; {
	case l.packets.has(x, y):
		if at := m.view.firstRow + y - l.packets.y - 1; y > l.packets.y && at < len(m.view.rows) && m.view.rows[at].Listed() {
			m.goTo(m.list.enter(m.view.rows[at].From))
		}
	case l.hops.has(x, y):
		if at := m.view.firstHop + y - l.hops.y - 1; y > l.hops.y && at <= len(m.packet().Hops) {
			m.goTo(m.list.arrived(m.at.packet, at))
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
	if m.list.len() == 0 || m.layout.small || m.staged {
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
		m.goTo(m.list.beside(m.at, by))
	case l.hops.has(e.X, e.Y):
		if c, ok := m.list.hopStep(m.at, by); ok && c.packet == m.at.packet {
			m.goTo(c)
		}
	case l.detail.has(e.X, e.Y):
		m.scroll += min(by, m.view.below)
	}
}
