package page

import (
	"strings"

	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
	"tracer/trace/outline"
	"tracer/trace/reveal"
)

// document is everything that the templates render, in the order of the page.
type document struct {
	*assets
	Labels          *labels
	Place           *Place
	Language        string
	Heading         string // the scenario; which fault it has is part of the answer
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
	Dialogs         chunk
	Chunks          []chunk
	End             int  // the last moment of the walk
	Masked          bool // captures are always shown whole
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
	whole   *trace.Trace // as it was recorded
	trace   *trace.Trace // escaped
	begun   *trace.Trace // as if more packets could follow
	past    *reveal.Past
	order   *order
	drawing *drawing
	labels  labels
	facts   *outline.Facts
	plain   *outline.List // without packets in the background
	all     *outline.List
	index   map[int]int // of packets, by number
	chunkOf []string    // by the index of a packet: the chunk that has it, or ""
}

func newDocument(t *trace.Trace, o Options) (*document, error) {
	assets, err := newAssets()
	if err != nil {
		return nil, err
	}
	l, clean := o.Language, escape.Value(t)
	b := newBuilder(t, clean, l)
	d := &document{
		assets: assets, Labels: &b.labels, Place: o.Place, Language: l.Format(explain.PageLanguage),
		Heading: clean.Scenario, Title: clean.Title, Headline: clean.Headline,
		Tally: l.Tally(clean), Missing: l.Gaps(clean.Gaps), Unexplained: l.Unexplained(&clean.State),
		Lesson: newLesson(t, o), Drawing: b.drawing, Interfaces: b.interfaces(), Rulesets: b.rulesets(), Flows: b.flows(), Answers: b.answers(),
		Keys: keys(l), End: b.order.end, Masked: clean.Survey == nil,
	}
	if t.Lesson != nil && t.Lesson.Fault != "" {
		d.Heading = l.Format(explain.PageWithFault, clean.Scenario)
	}
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
	d.Dialogs, err = d.dialogs()
	return d, err
}

// newBuilder returns a builder for a trace and its escaped copy.
func newBuilder(t, clean *trace.Trace, l explain.Language) *builder {
	b := &builder{
		Account: l.Account(clean, explain.NewSigns(false)), whole: t, trace: clean, past: reveal.NewPast(clean),
		order: newOrder(clean), drawing: draw(clean), labels: newLabels(l), facts: outline.Know(clean), index: indexes(clean),
	}
	b.plain, b.all = lists(b.facts)
	b.begun = ongoing(clean, b.facts.Firsts, b.index)
	return b
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
