package export

import (
	"io"
	"strings"

	"charm.land/lipgloss/v2"

	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
	"tracer/trace/filter"
)

// briefWidth is the width of the brief view, in cells: it also fits a slide or an email.
const briefWidth = 80

// mostRepliesBrief is how many lines the replies to a ping take in the brief view.
const mostRepliesBrief = 3

// Brief writes what a person reads first: the lesson's question, the turning points of the
// packets, and the answers to the requests. Packets that show nothing new are counted, and
// ARP is left out unless the trace is about it. Options are those of [Text]; the level of
// detail and rules without a match do not apply.
func Brief(w io.Writer, t *trace.Trace, o TextOptions) error {
	if o.ASCII {
		w = asciiWriter{w}
	}
	answers, lesson := t.Answers, t.Lesson
	t = escape.Value(t)
	if o.Width <= 0 || o.Width > briefWidth {
		o.Width = briefWidth
	}
	style := newStyle(o.ASCII)
	b := briefText{text: text{
		trace: t, answers: answers, language: o.Language, account: o.Language.Account(t, style.Signs), style: style, width: o.Width,
	}}
	b.heading(strings.ReplaceAll(t.Headline, "→", style.Arrow))
	if lesson != nil {
		b.writtenFor(lesson)
	}
	if lesson != nil && lesson.Question != "" {
		b.section(explain.HeadQuestion, lesson.Question)
		b.line("", "")
	}
	if !o.Filter.Empty() {
		b.filtered(o.Filter)
	}
	b.first, b.begun = true, b.Len()
	b.packets(o.Filter)
	if len(b.answers) > 0 {
		b.WriteString("\n")
	}
	b.results(mostRepliesBrief)
	if t.Survey != nil && len(t.Journeys) == 0 {
		b.survey(t.Survey)
	}
	b.gaps()
	if lesson != nil && o.Answer {
		b.solution(lesson)
	}
	_, err := b.WriteTo(w)
	return err
}

// briefText is one brief view being written.
type briefText struct {
	text
	firsts  trace.Firsts
	repeats map[int]int
	nodes   int // the width of the column of nodes

	folded []*trace.Journey // packets of one connection that show nothing new, not yet written
	first  bool             // no block has been written
	dense  bool             // the last block has one line, so another one may follow without a gap
	begun  int              // where the current block begins
}

// block ends a block of lines. Blocks are separated by empty lines, except those of one line.
func (b *briefText) block() {
	written := b.String()[b.begun:]
	dense := strings.Count(written, "\n") == 1
	if !b.first && !(dense && b.dense) {
		b.Truncate(b.begun)
		b.WriteString("\n" + written)
	}
	b.first, b.dense, b.begun = false, dense, b.Len()
}

// packets writes the turning points of the selected packets, by request.
func (b *briefText) packets(f filter.Filter) {
	b.firsts, b.repeats = b.trace.Firsts(), b.trace.Retransmissions()
	for i := range b.trace.State.Nodes {
		b.nodes = min(max(b.nodes, lipgloss.Width(b.trace.State.Nodes[i].Name)), 16)
	}
	alike := map[int]bool{}
	for i, is := range b.trace.Alike(b.repeats) {
		alike[b.trace.Journeys[i].ID] = is
	}
	arp := !f.Empty() || b.account.AsksARP()
	for _, g := range b.groups(f) {
		if g.title != "" {
			b.line("", b.style.title.Render(g.title))
			b.dense = false
			b.block()
			b.dense = false
		}
		for _, j := range g.journeys {
			switch {
			case !arp && len(j.Hops) > 0 && j.Hops[0].Packet.Resolves():
			case alike[j.ID], b.repeated(j) != 0:
				b.fold(j)
			default:
				b.unfold()
				b.packet(j)
			}
		}
		b.unfold()
	}
}

// fold keeps a packet to be counted with others of its connection.
func (b *briefText) fold(j *trace.Journey) {
	if len(b.folded) > 0 && (b.folded[0].Flow != j.Flow || b.repeated(b.folded[0]) != b.repeated(j)) {
		b.unfold()
	}
	b.folded = append(b.folded, j)
}

// repeated returns the number of the packet that a packet repeats with the same result, or 0.
func (b *briefText) repeated(j *trace.Journey) int {
	if of := b.trace.Journey(b.repeats[j.ID]); of != nil && trace.SameWay(of, j) {
		return of.ID
	}
	return 0
}

// unfold writes how many packets were folded.
func (b *briefText) unfold() {
	if len(b.folded) == 0 {
		return
	}
	said := b.account.More(b.folded, b.firsts[b.folded[0].Flow])
	if of := b.repeated(b.folded[0]); of != 0 {
		said = b.account.Repeats(b.folded, of)
	}
	b.line("", b.style.note.Render(said))
	b.block()
	b.folded = nil
}

// packet writes one packet: its number, its ends, and its turning points.
func (b *briefText) packet(j *trace.Journey) {
	head := b.style.packet.Render(b.language.Number(j.ID)+"  "+j.Summary) + "   " + b.account.Ends(j)
	ends := ""
	if len(j.Hops) > 0 {
		p := &j.Hops[0].Packet
		ends = p.Source() + " " + b.style.Arrow + " " + p.Destination()
	}
	if lipgloss.Width(head)+3+lipgloss.Width(ends) <= b.width {
		b.line("", head+"   "+ends)
	} else {
		b.line("", head)
		b.line("    ", ends)
	}
	at := ""
	for _, r := range b.account.Brief(j) {
		node := r.Node
		switch {
		case node == at, r.Kind == explain.KindOutcome, r.Kind == explain.KindReported, r.Kind == explain.KindProxy: // the last three name it
			node = ""
		default:
			at = node
		}
		b.row("  "+pad(node, b.nodes)+"  ", &r)
	}
	b.block()
}

// row writes one turning point beside its node.
func (b *briefText) row(node string, r *explain.Row) {
	said, blank := b.tone(r.Tone).Render, strings.Repeat(" ", lipgloss.Width(node))
	switch r.Kind {
	case explain.KindRule:
		b.line(node, said(r.Table+" "+r.Chain+" "+r.Text))
	case explain.KindRewrite, explain.KindHeader, explain.KindLink:
		b.line(node, said(r.Field+"  "+r.Text))
		b.line(blank, b.tone(r.NoteTone).Render(r.Note))
	default:
		b.line(node, said(r.Text))
		if r.Note != "" {
			b.line(blank, b.tone(r.NoteTone).Render(r.Note))
		}
	}
}

// gaps writes what was not recorded.
func (b *briefText) gaps() {
	gaps := append(b.language.Gaps(b.trace.Gaps), b.language.Unexplained(&b.trace.State)...)
	if len(gaps) > 0 {
		b.line("", "")
	}
	for _, g := range gaps {
		b.line("", b.style.bad.Render(g))
	}
}
