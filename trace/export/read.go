package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"tracer/trace"
	"tracer/trace/capture"
	"tracer/trace/conntrack"
	"tracer/trace/savefile"
)

// Read reads a trace that [JSON] wrote. What JSON writes of it again is the same
// to the byte. Keys that it does not know are passed over; the sentences are not
// read, for each reader's own voice says them.
//
// The trace satisfies [trace.Trace.Check]. If it was written with a filter, packets that
// others refer to may be missing.
//
// An error says where in the document something is wrong. Where packets could be
// read before it, they come with the error.
func Read(r io.Reader) (*trace.Trace, error) {
	p := reader{in: newGate(r), decoder: trace.NewDecoder(), trace: &trace.Trace{}}
	broken := p.document()
	if p.schema != schema && (broken == nil || p.schema != 0) {
		return nil, fmt.Errorf("trace: schema %d, want %d", p.schema, schema)
	}
	t := p.trace
	if err := p.packets(); broken == nil {
		broken = err
	}
	var unsound *trace.Unsound
	if err := t.Check(); errors.As(err, &unsound) {
		t.Journeys = t.Journeys[:unsound.Journeys]
		if broken == nil {
			broken = err
		}
	}
	if broken == nil {
		return t, nil
	}
	if len(t.Journeys) == 0 {
		t = nil
	}
	return t, fmt.Errorf("trace: %w", broken)
}

// reader turns a document into a trace piece by piece, so the part before an error is
// available. It keeps the first error.
type reader struct {
	in      *json.Decoder
	decoder *trace.Decoder
	schema  int
	trace   *trace.Trace
	used    int // memory for structures, in bytes

	interfaces int // of all nodes
	err        error
}

// document reads a document key by key, and lists element by element.
func (p *reader) document() error {
	t := p.trace
	err := eachKey(p.in, func(key string) error {
		switch key {
		case "schema":
			return p.in.Decode(&p.schema)
		case "scenario":
			return p.in.Decode(&t.Scenario)
		case "title":
			return p.in.Decode(&t.Title)
		case "headline":
			return p.in.Decode(&t.Headline)
		case "kernel":
			return p.in.Decode(&t.State.Kernel)
		case "capture":
			return single(p, key, p.gaps)
		case "survey":
			return single(p, key, func(d *surveyDoc) { t.Survey = p.survey(key, d) })
		case "nodes":
			return elements(p, key, &t.State.Nodes, p.node)
		case "flows":
			return elements(p, key, &t.Flows, p.flow)
		case "answers":
			return elements(p, key, &t.Answers, func(_ string, a *answerDoc) trace.Answer { return trace.Answer(*a) })
		case "frames":
			return elements(p, key, &t.Frames, p.frame)
		case "journeys":
			return elements(p, key, &t.Journeys, p.journey)
		}
		var passed json.RawMessage
		return p.in.Decode(&passed)
	})
	switch {
	case err == nil, p.err != nil:
		return p.err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = errCutOff
	}
	return &savefile.Error{Offset: p.in.InputOffset(), Err: err}
}

var (
	errCutOff  = errors.New("the file ends in the middle")
	errNoTrace = errors.New("not a trace")
)

// claim accounts for the memory of values.
func claim[V any](p *reader, path string, n int) {
	if p.used += n * int(reflect.TypeFor[V]().Size()); p.used > mostStructures {
		p.wrong(path, errStructures)
	}
}

func (p *reader) gaps(d *captureCounts) {
	p.trace.Gaps = trace.Gaps{
		Missed: d.Missed, Steps: d.StepGaps, Events: d.EventGaps,
		Stray: d.Stray, Undecoded: d.Undecoded, Ambiguous: d.Ambiguous, Unkept: d.Unkept,
	}
}

// packets decodes the packet of each hop from its frame. It runs last, since frames may
// follow the packets in a document.
func (p *reader) packets() error {
	t := p.trace
	for i := range t.Journeys {
		for k := range t.Journeys[i].Hops {
			h := &t.Journeys[i].Hops[k]
			f := t.Frame(h.Frame)
			var err error
			if f == nil {
				err = fmt.Errorf("there is no frame %d", h.Frame)
			} else {
				h.Packet, _, err = p.decoder.Captured(f.LinkType(), f.Data, f.Length)
			}
			if err != nil {
				t.Journeys = t.Journeys[:i]
				return fmt.Errorf("journeys[%d].hops[%d].frame: %w", i, k, err)
			}
		}
	}
	return nil
}

func (p *reader) frame(path string, d *frameDoc) trace.Frame {
	f := trace.Frame{Number: d.Number, Node: p.name(path+".node", d.Node), Interface: p.name(path+".interface", d.Interface)}
	f.Direction = p.direction(path+".direction", d.Direction)
	if f.Link = capture.LinkType(d.Link); d.Link != 0 && (int(f.Link) != d.Link || !f.Link.Known()) {
		p.wrong(path+".link", fmt.Errorf("%d is not known", d.Link))
	}
	f.Time = parsed(p, path+".time", d.Time, instant)
	f.Length, f.Data = d.Length, d.Data
	p.atMost(path+".data", len(d.Data), mostFrame, "bytes")
	return f
}

func (p *reader) flow(path string, d *flowDoc) trace.Flow {
	p.atMost(path+".nat", len(d.NAT), mostHooks, "translations")
	return trace.Flow{
		ID: d.ID, Protocol: p.name(path+".protocol", d.Protocol), Original: p.ends(path+".original", d.Original), Reply: p.ends(path+".reply", d.Reply),
		NAT: d.NAT, Entry: d.Entry, Text: d.Conntrack,
		Proxy: d.Proxy, Continues: d.Continues, ContinuedBy: d.ContinuedBy,
	}
}

func (p *reader) ends(path string, d endsDoc) trace.Ends {
	return trace.Ends{Source: parsed(p, path+".src", d.Source, endpoint), Destination: parsed(p, path+".dst", d.Destination, endpoint)}
}

func (p *reader) journey(path string, d *journeyDoc) trace.Journey {
	p.atMost(path+".hops", len(d.Hops), mostHops, "hops")
	j := trace.Journey{ID: d.ID, Flow: d.Flow, Summary: d.Summary, Direction: named(p, path+".direction", d.Direction, trace.Reply)}
	j.Hops = list(p, d.Hops, path+".hops", p.hop)
	o, at := &d.Outcome, path+".outcome"
	p.atMost(at+".hooks", len(o.Hooks), mostHooks, "hooks")
	p.atMost(at+".changes", len(o.Changes), mostChanges, "changes")
	j.Outcome = trace.Outcome{
		Kind: named(p, at+".kind", o.Kind, trace.OutcomeLeft), Node: p.name(at+".node", o.Node), Hook: o.Hook, Reason: o.Reason,
		Rule: o.Rule, Text: o.By, ToldBy: o.ToldBy, Hooks: o.Hooks, Steps: list(p, o.Steps, at+".steps", p.step),
		Changes: list(p, o.Changes, at+".changes", func(path string, c *changeDoc) trace.Change { return p.change(path, c, "") }),
	}
	return j
}

// hop reads a hop, except its packet.
func (p *reader) hop(path string, d *hopDoc) trace.Hop {
	p.atMost(path+".hooks", len(d.Hooks), mostHooks, "hooks")
	p.atMost(path+".changes", len(d.Changes), mostChanges, "changes")
	claim[int](p, path, 2*len(d.Hooks)+len(d.Ambiguous))
	h := trace.Hop{
		Node: p.name(path+".node", d.Node), Interface: p.name(path+".interface", d.Interface), Frame: d.Frame, Hooks: d.Hooks, Ambiguous: d.Ambiguous, Doubtful: d.Doubtful,
		Direction: p.direction(path+".direction", d.Direction),
		Time:      parsed(p, path+".time", d.Time, instant),
		Evidence:  named(p, path+".evidence", d.Evidence, trace.EvidenceTrace),
		Steps:     list(p, d.Steps, path+".steps", p.step),
		Changes:   list(p, d.Changes, path+".changes", func(path string, c *changeDoc) trace.Change { return p.change(path, c, d.Interface) }),
	}
	if a := d.Conntrack; a != nil {
		h.Conntrack = &trace.Association{
			Entry: a.ID, State: a.State, Observed: a.Observed,
			Direction: named(p, path+".conntrack.direction", a.Direction, conntrack.Reply),
		}
	}
	return h
}

func (p *reader) step(path string, d *stepDoc) trace.Step {
	return trace.Step{
		Hook: d.Hook, Table: d.Table, Chain: d.Chain, Rule: d.Rule, Text: d.Text, Verdict: d.Verdict, Terminal: d.Terminal,
		Missed: list(p, d.Missed, path+".missed", func(_ string, m *missedDoc) trace.Missed { return trace.Missed(*m) }),
	}
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
