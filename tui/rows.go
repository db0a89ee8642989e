package tui

import "tracer/trace/outline"

// rows returns the rows of the list, as far as they are known.
func (m *model) rows() (rows []outline.Row) {
	all := m.list.Rows(m.list.opened)
	for i := range all {
		if r := &all[i]; !m.trace().Ongoing || m.scene.known > 0 && r.Since <= m.list.Packets[m.scene.known-1] {
			rows = m.add(rows, *r)
		}
	}
	return rows
}

// add adds a row. Of a run, only the packets that are complete are folded.
func (m *model) add(rows []outline.Row, r outline.Row) []outline.Row {
	s := &m.scene
	if r.Kind != outline.Run || r.To < s.complete {
		return append(rows, r)
	}
	for i := r.From; i < s.known; i++ {
		to := max(i, s.complete-1)
		kind := outline.Packet
		if to > i {
			kind = outline.Run
		}
		rows = append(rows, outline.Row{Kind: kind, From: i, To: to, Since: m.list.Packets[i]})
		i = to
	}
	return rows
}

// currentRow returns the index of the row with the current packet.
func (m *model) currentRow(rows []outline.Row) int {
	for i := range rows {
		if r := &rows[i]; r.Listed() && r.From <= m.at.packet && m.at.packet <= r.To {
			return i
		}
	}
	return 0
}

// lastBeside returns the index of the last row that belongs beside a row: the end of the list if
// no packets follow.
func lastBeside(rows []outline.Row, current int) int {
	for i := range rows[min(current+1, len(rows)):] {
		if rows[current+1+i].Listed() {
			return current
		}
	}
	return max(current, len(rows)-1)
}
