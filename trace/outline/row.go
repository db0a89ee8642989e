package outline

import "tracer/trace"

// Row is a row of a list of packets.
type Row struct {
	Kind     Kind
	From, To int  // Packet, Run: indexes in the list; the same for a single packet
	Request  int  // Request, Nothing, Answer: its number
	Again    bool // Request: it is named above, too
	Since    int  // the row is known when this packet of the trace begins, or else at the end of the walk
}

// Listed reports whether a row shows packets.
func (r *Row) Listed() bool { return r.Kind == Packet || r.Kind == Run }

// Kind is the kind of a row.
type Kind uint8

// The kinds of rows.
const (
	Packet  Kind = iota
	Run          // several packets that show nothing new
	Request      // the heading of a request, or a command
	Nothing      // a request of which no packet was seen
	Answer       // what the sender of a request received
)

// Rows returns the rows of a list. Requests head their packets; those that sent nothing, such
// as commands, stand between the packets of the others. An answer is known when the next
// request begins. Runs are folded unless they are opened, by the number of their first packet.
func (l *List) Rows(opened map[int]bool) []Row {
	b := builder{List: l, headings: len(l.Trace.Answers) > 1}
	for i := 0; i < len(l.Packets); i++ {
		b.head(l.Packets[i])
		r := Row{Kind: Packet, From: i, To: i, Since: l.Packets[i]}
		if s := l.Spans[i]; s.From == i && s.To > i && !opened[l.At(i).ID] {
			r.Kind, r.To = Run, s.To
		}
		b.rows = append(b.rows, r)
		i = r.To
	}
	b.end()
	return b.rows
}

// builder adds rows to a list.
type builder struct {
	*List
	rows             []Row
	headings         bool // requests have headings: there are several
	highest, current int  // requests
}

// head adds the heading of a packet's request, unless the last row was under it.
func (b *builder) head(packet int) {
	q := b.Trace.Journeys[packet].Request
	if !b.headings || q == b.current || !b.headed(q) {
		return
	}
	if q > b.highest {
		b.answer(b.highest, 0)
	}
	for silent := b.highest + 1; silent < q && !b.chosen; silent++ {
		b.silent(silent, packet)
	}
	b.rows = append(b.rows, Row{Kind: Request, Request: q, Again: q <= b.highest, Since: packet})
	b.highest, b.current = max(b.highest, q), q
}

// silent adds a request that sent nothing.
func (b *builder) silent(request, since int) {
	b.rows = append(b.rows, Row{Kind: Request, Request: request, Since: since})
	if !b.Trace.Answers[request-1].Command && !b.sent[request] {
		b.rows = append(b.rows, Row{Kind: Nothing, Request: request, Since: since})
	}
	b.answer(request, since)
}

// answer adds the answer to a request, which is known when a later one has begun.
func (b *builder) answer(request, since int) {
	if request == 0 {
		return
	}
	if a := &b.Trace.Answers[request-1]; !a.Command && a.Text != "" {
		b.rows = append(b.rows, Row{Kind: Answer, Request: request, Since: max(since, b.Begins(request+1))})
	}
}

// end adds what follows the last packet.
func (b *builder) end() {
	all := len(b.Trace.Journeys)
	if !b.headings {
		if len(b.Packets) > 0 {
			b.answer(len(b.Trace.Answers), all)
		}
		return
	}
	b.answer(b.highest, 0)
	if !b.chosen && assigned(b.Trace) {
		for q := b.highest + 1; q <= len(b.Trace.Answers); q++ {
			b.silent(q, all)
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
