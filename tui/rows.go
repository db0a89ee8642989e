package tui

import (
	"slices"

	"tracer/trace"
)

// row is a row of the list of packets.
type row struct {
	kind     rowKind
	from, to int  // the packets; the same for a single one
	request  int  // rowRequest: its number
	again    bool // rowRequest: it is named above, too
}

type rowKind uint8

const (
	rowPacket  rowKind = iota
	rowRun             // several packets that show nothing new
	rowRequest         // the heading of a request, or a command
	rowNothing         // a request of which no packet was seen
)

// listed reports whether a row shows packets.
func (r *row) listed() bool { return r.kind == rowPacket || r.kind == rowRun }

// rows returns the rows of the list, as far as it is known. Requests head their packets;
// those that sent nothing, such as commands, stand between the packets of the others.
func (m *model) rows() (rows []row) {
	s := &m.scene
	headed, highest, current := len(m.whole.Answers) > 1, 0, 0
	silent := func(request int) {
		rows = append(rows, row{kind: rowRequest, request: request})
		if !s.trace.Answers[request-1].Command && !sent(m.whole, request) {
			rows = append(rows, row{kind: rowNothing, request: request})
		}
	}
	heading := func(request int) {
		if !headed || request == 0 || request == current || request > len(s.trace.Answers) {
			return
		}
		for q := highest + 1; q < request; q++ {
			if m.list.filter.Empty() {
				silent(q)
			}
		}
		rows = append(rows, row{kind: rowRequest, request: request, again: request <= highest})
		highest, current = max(highest, request), request
	}
	for i := 0; i < s.known; i++ {
		heading(m.listed(i).Request)
		r := row{kind: rowPacket, from: i, to: i}
		if from, to := m.list.folded(i); from == i && min(to, s.complete-1) > i {
			r.kind, r.to = rowRun, min(to, s.complete-1)
		}
		rows = append(rows, r)
		i = r.to
	}
	if !s.trace.Ongoing && m.list.filter.Empty() && assigned(s.trace) {
		for q := highest + 1; headed && q <= len(s.trace.Answers); q++ {
			silent(q)
		}
	}
	return rows
}

// assigned reports whether a trace says which packet belongs to which request.
func assigned(t *trace.Trace) bool {
	for i := range t.Journeys {
		if t.Journeys[i].Request != 0 {
			return true
		}
	}
	return false
}

// sent reports whether a packet of a request was seen.
func sent(t *trace.Trace, request int) bool {
	return slices.ContainsFunc(t.Journeys, func(j trace.Journey) bool { return j.Request == request })
}

// currentRow returns the index of the row with the current packet.
func (m *model) currentRow(rows []row) int {
	for i := range rows {
		if r := &rows[i]; r.listed() && r.from <= m.at.packet && m.at.packet <= r.to {
			return i
		}
	}
	return 0
}

// lastBeside returns the index of the last row that belongs beside a row: the end of the list if
// no packets follow.
func lastBeside(rows []row, current int) int {
	for i := range rows[min(current+1, len(rows)):] {
		if rows[current+1+i].listed() {
			return current
		}
	}
	return max(current, len(rows)-1)
}
