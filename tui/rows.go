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
	rowAnswer          // what the sender of a request received
)

// listed reports whether a row shows packets.
func (r *row) listed() bool { return r.kind == rowPacket || r.kind == rowRun }

// rows returns the rows of the list, as far as it is known. Requests head their packets;
// those that sent nothing, such as commands, stand between the packets of the others. The
// answer follows when it is known: when the next request begins, or at the end.
func (m *model) rows() []row {
	s := &m.scene
	l := lister{model: m, headed: len(m.whole.Answers) > 1}
	for i := 0; i < s.known; i++ {
		l.head(m.listed(i).Request)
		r := row{kind: rowPacket, from: i, to: i}
		if from, to := m.list.folded(i); from == i && min(to, s.complete-1) > i {
			r.kind, r.to = rowRun, min(to, s.complete-1)
		}
		l.rows = append(l.rows, r)
		i = r.to
	}
	l.end()
	return l.rows
}

// lister adds rows to the list of packets.
type lister struct {
	*model
	rows             []row
	headed           bool // requests have headings: there are several
	highest, current int  // requests
}

// head adds the heading of a request, unless the last row was under it.
func (l *lister) head(request int) {
	if !l.headed || request == 0 || request == l.current || request > len(l.trace().Answers) {
		return
	}
	if request > l.highest {
		l.answer(l.highest)
	}
	for q := l.highest + 1; q < request; q++ {
		if l.list.filter.Empty() {
			l.silent(q)
		}
	}
	l.rows = append(l.rows, row{kind: rowRequest, request: request, again: request <= l.highest})
	l.highest, l.current = max(l.highest, request), request
}

// silent adds a request that sent nothing.
func (l *lister) silent(request int) {
	l.rows = append(l.rows, row{kind: rowRequest, request: request})
	if !l.trace().Answers[request-1].Command && !sent(l.whole, request) {
		l.rows = append(l.rows, row{kind: rowNothing, request: request})
	}
	l.answer(request)
}

// answer adds the answer to a request, if it is known.
func (l *lister) answer(request int) {
	if request == 0 || request > len(l.trace().Answers) {
		return
	}
	if a := &l.trace().Answers[request-1]; !a.Command && a.Text != "" {
		l.rows = append(l.rows, row{kind: rowAnswer, request: request})
	}
}

// end adds what follows the last packet.
func (l *lister) end() {
	if !l.headed {
		if l.scene.known > 0 {
			l.answer(len(l.whole.Answers))
		}
		return
	}
	l.answer(l.highest)
	if t := l.trace(); !t.Ongoing && l.list.filter.Empty() && assigned(t) {
		for q := l.highest + 1; q <= len(t.Answers); q++ {
			l.silent(q)
		}
	}
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
