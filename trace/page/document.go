package page

import (
	"strings"

	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
)

// document is everything that the templates render, in the order of the page.
type document struct {
	*assets
	Labels          *labels
	Language        string
	Scenario        string
	Title, Headline string
	Tally           string
	Missing         []string // what the trace lacks
	Unexplained     []string
	Lesson          *lesson
	Drawing         *drawing
	Interfaces      []iface
	List            []entry
	Packets         []part
	LeftOut         []string // what is shown only with a script
	Rulesets        []ruleset
	Flows           []flow
	Answers         []answer
	Survey          []explain.Line
	Panes           []pane
	Keys            []key
	PacketChunks    []chunk
	DetailChunks    []chunk
	End             int  // the last moment of the walk
	Masked          bool // captures are always shown whole
}

// lesson is the author's texts, as paragraphs.
type lesson struct {
	Story, Question, Answer, Refutes []string
	Fault                            string
}

// iface is an interface with its addresses.
type iface struct{ Node, Name, MAC, Addresses string }

// answer is the answer to a request, which is known from a moment on.
type answer struct {
	At    int
	Lines []string
}

// builder builds a document.
type builder struct {
	*explain.Account
	ongoing *explain.Account // as if more packets could follow
	whole   *trace.Trace     // as it was recorded
	trace   *trace.Trace     // escaped
	order   *order
	drawing *drawing
	labels  labels
	runs    []run
	firsts  trace.Firsts
	index   map[int]int // of packets, by number
	chunkOf []string    // by the index of a packet: the chunk that has it, or ""
}

func newDocument(t *trace.Trace, l explain.Language) (*document, error) {
	assets, err := newAssets()
	if err != nil {
		return nil, err
	}
	clean := escape.Value(t)
	b := &builder{
		Account: l.Account(clean, explain.NewSigns(false)), whole: t, trace: clean,
		order: newOrder(clean), drawing: draw(clean), labels: newLabels(l), runs: runs(clean), firsts: clean.Firsts(), index: indexes(clean),
	}
	d := &document{
		assets: assets, Labels: &b.labels, Language: l.Format(explain.PageLanguage),
		Scenario: clean.Scenario, Title: clean.Title, Headline: clean.Headline,
		Tally: l.Tally(clean), Missing: l.Gaps(clean.Gaps), Unexplained: l.Unexplained(&clean.State),
		Lesson: newLesson(t, l), Drawing: b.drawing, Interfaces: b.interfaces(), Rulesets: b.rulesets(), Flows: b.flows(), Answers: b.answers(),
		Keys: keys(l), End: b.order.end, Masked: clean.Survey == nil,
	}
	b.ongoing = ongoing(b.Account, clean)
	b.drawing.Label = l.Format(explain.PageDrawing, clean.Scenario)
	if clean.Survey != nil {
		d.Survey = l.Survey(clean.Survey, b.Signs)
	} else if b.Complete() {
		d.Tally += "; " + l.Format(explain.CaptureComplete)
	}
	if err := b.packets(d); err != nil {
		return nil, err
	}
	d.Panes = d.panes()
	return d, nil
}

func newLesson(t *trace.Trace, l explain.Language) *lesson {
	from := t.Lesson
	if from == nil {
		return nil
	}
	out := &lesson{Story: paragraphs(from.Story), Question: paragraphs(from.Question), Answer: paragraphs(from.Answer), Refutes: paragraphs(from.Refutes)}
	if from.Fault != "" {
		out.Fault = l.Format(explain.FaultOf, escape.Field(from.Fault), escape.Field(from.FaultTitle))
	}
	return out
}

// paragraphs returns the paragraphs of an author's text.
func paragraphs(s string) []string {
	s = strings.TrimSpace(escape.Text(s))
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n\n")
}

// interfaces lists the interfaces, without idle loopbacks.
func (b *builder) interfaces() (list []iface) {
	for i := range b.trace.State.Nodes {
		n := &b.trace.State.Nodes[i]
		for k := range n.Interfaces {
			f := &n.Interfaces[k]
			if f.Kind == "loopback" {
				continue
			}
			var addresses []string
			for _, a := range f.Addresses {
				if a.Addr().Is4() || !a.Addr().IsLinkLocalUnicast() {
					addresses = append(addresses, a.String())
				}
			}
			list = append(list, iface{n.Name, f.Name, f.MAC.String(), strings.Join(addresses, ", ")})
		}
	}
	return list
}

// answers lists what the requests returned. An answer is known when the next request begins.
func (b *builder) answers() (list []answer) {
	const replies = 8
	for i, a := range b.whole.Answers {
		if a.Command && a.Text == "" {
			continue
		}
		lines := append([]string{b.Answer(a)}, b.Replies(a, replies)...)
		list = append(list, answer{b.order.request(b.trace, i+2), lines})
	}
	return list
}
