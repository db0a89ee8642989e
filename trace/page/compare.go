package page

import (
	"bufio"
	"html/template"
	"io"
	"slices"
	"strconv"

	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/escape"
	"tracer/trace/explain"
)

// comparison is everything that the template renders about two traces: one walk, whose moments
// are rows with two sides.
type comparison struct {
	Policy          string
	Style           template.CSS
	Script          template.JS
	Language        string
	Labels          *labels
	Words           *compareLabels
	Scenario, Title string
	Sides           []compareSide
	Lesson          *bothLessons
	First           *firstDifference
	Unchanged       string // says that no packet fares differently
	Settings        []compareSetting
	Deciders        []compareDeciders
	Requests        []compareRequest // that differ
	List            []compareEntry
	Packets         []comparePacket
	LeftOut         string
	Answers         []compareAnswer
	Keys            []key
	Begin, End      int // moments: of the first difference, or 0; the last one
}

// compareSide is one of the traces.
type compareSide struct {
	Letter, About, Tally string
	Missing              []string
	Drawing              *drawing
}

// firstDifference is the first difference between the ways of a packet.
type firstDifference struct {
	At                 int
	Link, Packet, What string
	Unsure             string
	Facts              []compareFact
}

// compareFact is what there is on one side.
type compareFact struct{ Letter, Text, Note, End, Tone string }

type compareSetting struct{ Letter, Text, Note string }

// compareDeciders are rules of two engines with the same effect.
type compareDeciders struct {
	Where string
	Facts []compareFact
}

type compareRequest struct {
	Letter string
	Lines  []string
}

type compareAnswer struct {
	At     int
	Letter string
	Lines  []string
}

// Compare writes two traces as one HTML document, side by side, and returns the comparison.
func Compare(w io.Writer, a, b *trace.Trace, o Options) (*compare.Comparison, error) {
	style, err := small(styles, "style/*.css", "style/walk/3-*.css", "style/walk/5-*.css", "style/walk/6-*.css", "style/compare/*.css")
	if err != nil {
		return nil, err
	}
	script, err := small(scripts, "script/compare/*.js")
	if err != nil {
		return nil, err
	}
	c := compare.Traces(escape.Value(a), escape.Value(b))
	l := o.Language
	d := &comparison{
		Policy: policy(style, script), Style: template.CSS(style), Script: template.JS(script), Language: l.Format(explain.PageLanguage),
		Lesson: newBothLessons(a, b, l), Keys: compareKeys(l),
	}
	all := newLabels(l)
	d.Labels = &all
	p := &comparer{Words: c.Words(l, explain.NewSigns(false)), answers: [2][]trace.Answer{a.Answers, b.Answers}}
	d.Words = newCompareLabels(p.Words)
	p.fill(d)
	out := bufio.NewWriter(w)
	if err := templates().ExecuteTemplate(out, "comparison", d); err != nil {
		return c, err
	}
	return c, out.Flush()
}

// comparer builds a comparison.
type comparer struct {
	*compare.Words
	answers  [2][]trace.Answer // not escaped
	drawings [2]*drawing
	names    []string // of the packets, in links
	begins   []int    // by packet: its first moment, or that of the next one shown
	shown    []bool   // by packet: step by step
}

func (p *comparer) fill(d *comparison) {
	d.Scenario, d.Title = p.Traces[compare.A].Scenario, p.Title()
	for _, s := range compare.Sides {
		t := p.Traces[s]
		p.drawings[s] = draw(t)
		p.drawings[s].Label = s.String() + ": " + p.Format(explain.PageDrawing, t.Scenario)
		d.Sides = append(d.Sides, compareSide{s.String(), p.Side(s), p.Tally(t), p.Gaps(t.Gaps), p.drawings[s]})
	}
	p.choose()
	p.packets(d)
	p.first(d)
	p.list(d)
	p.settings(d)
	p.requests(d)
}

// first describes the first difference.
func (p *comparer) first(d *comparison) {
	f := p.First()
	if f == nil {
		d.Unchanged = p.Unchanged()
		return
	}
	packet := &p.Packets[f.Packet]
	row := max(0, slices.IndexFunc(p.Rows(packet), func(r compare.Row) bool { return r.Differs }))
	d.Begin = p.begins[f.Packet] + row
	d.First = &firstDifference{
		At: d.Begin, Link: p.names[f.Packet] + "." + strconv.Itoa(row+1), Packet: p.Packet(packet), What: p.Difference(f),
	}
	if f.Uncertain {
		d.First.Unsure = p.Format(explain.CompareUnsure)
	}
	for _, s := range compare.Sides {
		d.First.Facts = append(d.First.Facts, p.side(f, packet, s))
	}
}

// side describes what there is on a side of a difference, and how the packet ended.
func (p *comparer) side(f *compare.Difference, packet *compare.Packet, s compare.Side) compareFact {
	out := compareFact{Letter: s.String()}
	j := p.Journey(packet, s)
	if j == nil {
		out.Text = p.Format(explain.CompareNothing)
		return out
	}
	if f.Kind == compare.KindPacket {
		out.Text = p.Accounts[s].Ends(j)
	} else {
		out.Text, out.Note = p.Fact(f, s)
	}
	out.End, out.Tone = p.Outcome(j), "good"
	if j.Outcome.Lost() || j.Outcome.Reason == trace.ReasonNoListener {
		out.Tone = "bad"
	}
	if f.Facts[s].Ends() {
		out.Text = ""
	}
	return out
}

// settings lists what only one side's nodes have, and rules with the same effect. Those of different
// engines are only counted.
func (p *comparer) settings(d *comparison) {
	list := p.Settings
	if p.OtherEngine() {
		var counts [2]string
		counts, list = p.Rulesets()
		for _, s := range compare.Sides {
			if counts[s] != "" {
				d.Settings = append(d.Settings, compareSetting{Letter: s.String(), Text: counts[s]})
			}
		}
	}
	for i := range list {
		s := &list[i]
		text, note := p.Setting(s)
		d.Settings = append(d.Settings, compareSetting{s.Side.String(), text, note})
	}
	deciders := p.Deciders()
	for i := range deciders {
		x := compareDeciders{Where: p.Decided(&deciders[i])}
		for _, s := range compare.Sides {
			for _, rule := range p.Decider(&deciders[i], s) {
				x.Facts = append(x.Facts, compareFact{Letter: s.String(), Text: rule})
			}
		}
		d.Deciders = append(d.Deciders, x)
	}
}

// requests lists the requests that differ, and the answers to all.
func (p *comparer) requests(d *comparison) {
	for r := range p.Requests {
		q := &p.Requests[r]
		for _, s := range compare.Sides {
			if len(q.Numbers[s]) == 0 {
				continue
			}
			if !q.Same {
				x := compareRequest{Letter: s.String()}
				for _, n := range q.Numbers[s] {
					x.Lines = append(x.Lines, p.Accounts[s].Request(n, p.answers[s][n-1]))
				}
				d.Requests = append(d.Requests, x)
			}
			d.Answers = append(d.Answers, compareAnswer{p.answered(r, d.End), s.String(), p.Requested(r, s, p.answers[s])})
		}
	}
}

// answered returns the moment at which the answers to requests are known: when a packet of a later
// one begins, or at the end.
func (p *comparer) answered(requests, end int) int {
	for i := range p.Packets {
		if p.Packets[i].Requests > requests {
			return p.begins[i]
		}
	}
	return end
}
