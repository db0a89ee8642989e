package tui

import (
	"strconv"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/tui/internal/canvas"
)

// cell is a cell of a table of headers. A changed one is inverted.
type cell struct {
	text    string
	changed bool
}

// inverted is the style of a changed cell.
func (m *model) inverted() canvas.Style {
	s := m.changed
	s.Attrs |= canvas.Reverse
	return s
}

// headers draws a table of the packet's headers at each interface so far, and where it is
// now.
func (m *model) headers(a canvas.Area) {
	now := &m.scene.now
	table := [][]cell{{
		{text: m.language.Format(explain.LabelInterface)}, {text: m.language.Format(explain.LabelSource)},
		{text: m.language.Format(explain.LabelDestination)}, {text: explain.FieldName(trace.FieldTTL, now)},
	}}
	for i := range now.Hops {
		table = append(table, headerCells(now.Hops[i].Place(), &now.Hops[i]))
	}
	here := min(m.at.stop, len(now.Hops)-1) + 1
	if h := m.present(); h != nil && m.at.stop >= len(now.Hops) {
		place := now.Outcome.Node
		if m.between() {
			place = m.inside()
		} else if now.Outcome.Kind != 0 {
			place = m.endSign(now) + " " + place
		}
		table = append(table, headerCells(place, h))
		here = len(table) - 1
	}
	widths := columnWidths(table, a.W-3)
	for i := range now.Hops { // without room for the nodes: only the interfaces
		if c := &table[i+1][0]; canvas.Width(c.text) > widths[0] {
			c.text = now.Hops[i].Interface
		}
	}
	const spaced = 15 // from this height on, rows have space between them
	pitch := 1
	if a.H >= spaced {
		pitch = 2
	}
	room := (a.H-2)/pitch + 1
	from := keepInView(here-1, len(table)-1, room)
	m.tableRow(a.Sub(0, 0, a.W, 1), table[0], widths, m.dim)
	for y := 1; y < min(room+1, len(table)-from); y++ {
		row, style := a.Sub(0, 1+(y-1)*pitch, a.W, 1), m.plain
		if from+y == here {
			row.Text(1, 0, m.here, m.key)
			style = m.key
		}
		m.tableRow(row, table[from+y], widths, style)
	}
}

// headerCells returns a row of the table of headers.
func headerCells(place string, h *trace.Hop) []cell {
	ttl := ""
	if h.Packet.IsIP() {
		ttl = strconv.Itoa(int(h.Packet.TTL))
	}
	cells := []cell{{text: place}, {text: h.Packet.Source()}, {text: h.Packet.Destination()}, {text: ttl}}
	for i := range h.Changes {
		switch h.Changes[i].Field {
		case trace.FieldSource:
			cells[1].changed = true
		case trace.FieldDestination:
			cells[2].changed = true
		case trace.FieldTTL:
			cells[3].changed = true
		}
	}
	return cells
}

// columnWidths returns the widths of a table's columns. The first is narrowed if there is not
// enough room for all.
func columnWidths(table [][]cell, room int) []int {
	widths := make([]int, len(table[0]))
	for _, row := range table {
		for i, c := range row {
			widths[i] = max(widths[i], canvas.Width(c.text))
		}
	}
	for _, w := range widths[1:] {
		room -= w + 2
	}
	widths[0] = max(min(widths[0], room), 6)
	return widths
}

// tableRow draws the cells of a row.
func (m *model) tableRow(row canvas.Area, cells []cell, widths []int, style canvas.Style) {
	x := 3
	for i, c := range cells {
		s := style
		if c.changed {
			s = m.inverted()
		}
		row.Text(x, 0, canvas.Cut(c.text, widths[i], row.Dots()), s)
		x += widths[i] + 2
	}
}

// compare draws the packet's headers before and after what happened on the way to the stop,
// side by side.
func (m *model) compare(a canvas.Area) {
	h := m.present()
	if h == nil {
		return
	}
	table := [][]cell{{{}, {text: m.language.Format(explain.LabelBefore)}, {text: m.language.Format(explain.LabelAfter)}}}
	for _, f := range fields(h) {
		row := []cell{{text: explain.FieldName(f.field, m.packet())}, {text: f.value}, {text: f.value}}
		if m.at.stop == 0 && len(h.Changes) == 0 { // there is nothing before
			row[1].text = ""
		}
		for i := range h.Changes {
			if c := &h.Changes[i]; c.Field == f.field {
				row[1].text, row[2].text = m.language.Value(c.Field, c.From), m.language.Value(c.Field, c.To)
				row[2].changed = true
			}
		}
		table = append(table, row)
	}
	widths := columnWidths(table, a.W-3)
	for y := range min(a.H, len(table)) {
		style := m.plain
		if y == 0 {
			style = m.dim
		}
		m.tableRow(a.Sub(0, y, a.W, 1), table[y], widths, style)
	}
}

// fieldValue is a header field as it is now.
type fieldValue struct {
	field trace.Field
	value string
}

// fields returns the fields of a packet that every reader looks at, and the others that
// changed.
func fields(h *trace.Hop) (list []fieldValue) {
	p := &h.Packet
	list = append(list, fieldValue{trace.FieldSource, p.Source()}, fieldValue{trace.FieldDestination, p.Destination()})
	if p.IsIP() {
		list = append(list, fieldValue{trace.FieldTTL, strconv.Itoa(int(p.TTL))})
	}
	if p.HasMAC {
		list = append(list, fieldValue{trace.FieldSourceMAC, p.SrcMAC.String()}, fieldValue{trace.FieldDestinationMAC, p.DstMAC.String()})
	}
	for i := range h.Changes {
		f := h.Changes[i].Field
		known := false
		for _, v := range list {
			known = known || v.field == f
		}
		if !known {
			list = append(list, fieldValue{field: f})
		}
	}
	return list
}
