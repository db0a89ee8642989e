package export

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"tracer/trace"
	"tracer/trace/capture"
	"tracer/trace/conntrack"
	"tracer/trace/savefile"
)

// Read reads a trace that [JSON] wrote. What JSON writes of it again is the same
// to the byte. Keys that it does not know are passed over; the sentences are not
// read, for each reader's own voice says them.
//
// An error says where in the document something is wrong. Where packets could be
// read before it, they come with the error.
func Read(r io.Reader) (*trace.Trace, error) {
	var d document
	broken := d.read(json.NewDecoder(r))
	if d.Schema != schema && (broken == nil || d.Schema != 0) {
		return nil, fmt.Errorf("trace: schema %d, want %d", d.Schema, schema)
	}
	p := reader{decoder: trace.NewDecoder()}
	t := p.trace(&d)
	if broken == nil {
		broken = p.err
	}
	if broken == nil {
		return t, nil
	}
	if len(t.Journeys) == 0 {
		t = nil
	}
	return t, fmt.Errorf("trace: %w", broken)
}

// read reads a document key by key, and lists element by element, so that what
// comes before an error is there.
func (d *document) read(in *json.Decoder) error {
	err := eachKey(in, func(key string) error {
		switch key {
		case "schema":
			return in.Decode(&d.Schema)
		case "scenario":
			return in.Decode(&d.Scenario)
		case "title":
			return in.Decode(&d.Title)
		case "headline":
			return in.Decode(&d.Headline)
		case "kernel":
			return in.Decode(&d.Kernel)
		case "capture":
			return in.Decode(&d.Capture)
		case "survey":
			return in.Decode(&d.Survey)
		case "nodes":
			return elements(in, &d.Nodes)
		case "flows":
			return elements(in, &d.Flows)
		case "answers":
			return elements(in, &d.Answers)
		case "frames":
			return elements(in, &d.Frames)
		case "journeys":
			return elements(in, &d.Journeys)
		}
		var passed json.RawMessage
		return in.Decode(&passed)
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = errCutOff
	}
	return &savefile.Error{Offset: in.InputOffset(), Err: err}
}

var (
	errCutOff  = errors.New("the file ends in the middle")
	errNoTrace = errors.New("not a trace")
)

// eachKey reads an object.
func eachKey(in *json.Decoder, value func(key string) error) error {
	if t, err := in.Token(); err != nil || t != json.Delim('{') {
		return cmp.Or(err, errNoTrace)
	}
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return err
		}
		if err := value(key.(string)); err != nil { // an object's keys are strings
			return err
		}
	}
	_, err := in.Token()
	return err
}

// elements reads a list; null is an empty one.
func elements[D any](in *json.Decoder, list *[]D) error {
	switch t, err := in.Token(); {
	case err != nil:
		return err
	case t == nil:
		return nil
	case t != json.Delim('['):
		return errNoTrace
	}
	for in.More() {
		var d D
		if err := in.Decode(&d); err != nil {
			return err
		}
		*list = append(*list, d)
	}
	_, err := in.Token()
	return err
}

// reader turns a document into a trace. It keeps the first thing that is wrong.
type reader struct {
	decoder *trace.Decoder
	frames  []trace.Frame
	err     error
}

func (p *reader) wrong(path string, err error) {
	if p.err == nil && err != nil {
		p.err = fmt.Errorf("%s: %w", path, err)
	}
}

func (p *reader) trace(d *document) *trace.Trace {
	t := &trace.Trace{
		Scenario: d.Scenario, Title: d.Title, Headline: d.Headline,
		Gaps: trace.Gaps{
			Missed: d.Capture.Missed, Steps: d.Capture.StepGaps, Events: d.Capture.EventGaps,
			Stray: d.Capture.Stray, Undecoded: d.Capture.Undecoded, Ambiguous: d.Capture.Ambiguous,
		},
	}
	t.State.Kernel = d.Kernel
	t.State.Nodes = list(d.Nodes, "nodes", p.node)
	t.Frames = list(d.Frames, "frames", p.frame)
	p.frames = t.Frames
	t.Flows = list(d.Flows, "flows", p.flow)
	for i := range d.Journeys {
		j := p.journey(fmt.Sprintf("journeys[%d]", i), &d.Journeys[i])
		if p.err != nil {
			break
		}
		t.Journeys = append(t.Journeys, j)
	}
	if d.Survey != nil {
		t.Survey = p.survey("survey", d.Survey)
	}
	t.Answers = list(d.Answers, "answers", func(_ string, a *answerDoc) trace.Answer { return trace.Answer(*a) })
	return t
}

// list reads each element of a list, with its path; an empty list is nil.
func list[D, V any](docs []D, path string, read func(string, *D) V) (out []V) {
	for i := range docs {
		out = append(out, read(fmt.Sprintf("%s[%d]", path, i), &docs[i]))
	}
	return out
}

// parsed reads a text as a value.
func parsed[V any](p *reader, path, text string, parse func(string) (V, error)) V {
	v, err := parse(text)
	p.wrong(path, err)
	return v
}

// named finds the value that has a name, of those from 1 on.
func named[V interface {
	~uint8
	String() string
}](p *reader, path, name string, last V) V {
	for v := V(1); v <= last; v++ {
		if v.String() == name {
			return v
		}
	}
	p.wrong(path, fmt.Errorf("%q is not known", name))
	return 0
}

func (p *reader) frame(path string, d *frameDoc) trace.Frame {
	f := trace.Frame{Number: d.Number, Node: d.Node, Interface: d.Interface}
	f.Direction = p.direction(path+".direction", d.Direction)
	if f.Link = capture.LinkType(d.Link); d.Link != 0 && (int(f.Link) != d.Link || !f.Link.Known()) {
		p.wrong(path+".link", fmt.Errorf("%d is not known", d.Link))
	}
	f.Time = parsed(p, path+".time", d.Time, instant)
	f.Length, f.Data = d.Length, d.Data
	if d.Length < len(d.Data) {
		p.wrong(path+".length", fmt.Errorf("%d, but there are %d bytes", d.Length, len(d.Data)))
	}
	return f
}

// direction reads a direction, which captures from elsewhere may not have.
func (p *reader) direction(path, name string) capture.Direction {
	if name == capture.Direction(0).String() {
		return 0
	}
	return named(p, path, name, capture.Out)
}

func instant(s string) (time.Time, error) { return time.Parse(time.RFC3339Nano, s) }

func (p *reader) flow(path string, d *flowDoc) trace.Flow {
	return trace.Flow{
		ID: d.ID, Protocol: d.Protocol, Original: p.ends(path+".original", d.Original), Reply: p.ends(path+".reply", d.Reply),
		NAT: d.NAT, Entry: d.Entry, Text: d.Conntrack,
		Proxy: d.Proxy, Continues: d.Continues, ContinuedBy: d.ContinuedBy,
	}
}

func (p *reader) ends(path string, d endsDoc) trace.Ends {
	return trace.Ends{Source: parsed(p, path+".src", d.Source, endpoint), Destination: parsed(p, path+".dst", d.Destination, endpoint)}
}

// endpoint reads an address with or without a port. What has neither, such as
// the ends of a flow of hardware addresses, is written as an invalid one.
func endpoint(s string) (netip.AddrPort, error) {
	if s == (netip.Addr{}).String() || s == (netip.AddrPort{}).String() {
		return netip.AddrPort{}, nil
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.AddrPortFrom(a, 0), nil
	}
	return netip.ParseAddrPort(s)
}

func (p *reader) journey(path string, d *journeyDoc) trace.Journey {
	j := trace.Journey{ID: d.ID, Flow: d.Flow, Summary: d.Summary, Direction: named(p, path+".direction", d.Direction, trace.Reply)}
	j.Hops = list(d.Hops, path+".hops", p.hop)
	o, at := &d.Outcome, path+".outcome"
	j.Outcome = trace.Outcome{
		Kind: named(p, at+".kind", o.Kind, trace.OutcomeLeft), Node: o.Node, Hook: o.Hook, Reason: o.Reason,
		Rule: o.Rule, Text: o.By, ToldBy: o.ToldBy, Hooks: o.Hooks, Steps: list(o.Steps, at+".steps", readStep),
		Changes: list(o.Changes, at+".changes", func(path string, c *changeDoc) trace.Change { return p.change(path, c, "") }),
	}
	return j
}

// hop reads a hop. Its packet is read out of the frame, as it was the first time.
func (p *reader) hop(path string, d *hopDoc) trace.Hop {
	h := trace.Hop{
		Node: d.Node, Interface: d.Interface, Frame: d.Frame, Hooks: d.Hooks, Ambiguous: d.Ambiguous, Doubtful: d.Doubtful,
		Direction: p.direction(path+".direction", d.Direction),
		Time:      parsed(p, path+".time", d.Time, instant),
		Evidence:  named(p, path+".evidence", d.Evidence, trace.EvidenceTrace),
		Steps:     list(d.Steps, path+".steps", readStep),
		Changes:   list(d.Changes, path+".changes", func(path string, c *changeDoc) trace.Change { return p.change(path, c, d.Interface) }),
	}
	if a := d.Conntrack; a != nil {
		h.Conntrack = &trace.Association{
			Entry: a.ID, State: a.State, Observed: a.Observed,
			Direction: named(p, path+".conntrack.direction", a.Direction, conntrack.Reply),
		}
	}
	if d.Frame < 1 || d.Frame > len(p.frames) || p.frames[d.Frame-1].Number != d.Frame {
		p.wrong(path+".frame", fmt.Errorf("there is no frame %d", d.Frame))
		return h
	}
	f := &p.frames[d.Frame-1]
	packet, _, err := p.decoder.Captured(f.LinkType(), f.Data, f.Length)
	p.wrong(path+".frame", err)
	h.Packet = packet
	return h
}

func readStep(_ string, d *stepDoc) trace.Step {
	s := trace.Step{Hook: d.Hook, Table: d.Table, Chain: d.Chain, Rule: d.Rule, Text: d.Text, Verdict: d.Verdict, Terminal: d.Terminal}
	for _, m := range d.Missed {
		s.Missed = append(s.Missed, trace.Missed(m))
	}
	return s
}

// change reads a change on the way to an interface, whose own address is the new
// source of a frame.
func (p *reader) change(path string, d *changeDoc, iface string) trace.Change {
	c := trace.Change{Field: named(p, path+".field", d.Field, trace.FieldICMPID), From: d.From, To: d.To, Hook: d.Hook}
	cause := &d.Cause
	c.Cause = trace.Cause{
		Kind: named(p, path+".cause.kind", cause.Kind, trace.CauseInferred), Table: cause.Table, Chain: cause.Chain, Rule: cause.Rule,
		Entry: cause.Conntrack, Translation: cause.Translation, Reverse: cause.Reverse, Neighbour: cause.Neighbour,
	}
	switch c.Cause.Kind {
	case trace.CauseRule:
		c.Cause.Text = cause.RuleText
	case trace.CauseRouting:
		c.Cause.Text = cause.Route
	case trace.CauseNeighbour:
		c.Cause.Text = iface
	}
	if e := cause.Established; e != nil {
		c.Cause.Established = trace.Established{Journey: e.Journey, Table: e.Table, Chain: e.Chain, Rule: e.Rule, Text: e.RuleText}
	}
	return c
}
