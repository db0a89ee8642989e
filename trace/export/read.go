package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"tracer/trace"
	"tracer/trace/packet"
	"tracer/trace/savefile"
)

// Read reads a trace that [JSON] wrote. What JSON writes of it again is the same
// to the byte. Keys that it does not know are passed over; the sentences are not
// read, since each reader has a language of its own.
//
// The trace satisfies [trace.Trace.Check]. If it was written with a filter, packets that
// others refer to may be missing.
//
// An error says where in the document something is wrong. Where packets could be
// read before it, they come with the error.
func Read(r io.Reader) (*trace.Trace, error) {
	p := reader{in: newGate(r), decoder: packet.NewDecoder(), trace: &trace.Trace{}}
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
	decoder *packet.Decoder
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
	errMissing = errors.New("is missing")
)

// claim accounts for the memory of values.
func claim[V any](p *reader, path string, n int) {
	if p.used += n * int(reflect.TypeFor[V]().Size()); p.used > mostStructures {
		p.wrong(path, errStructures)
	}
}

func (p *reader) gaps(d *captureCounts) {
	p.trace.Gaps = trace.Gaps{
		Lost: d.Lost, Steps: d.StepGaps, Events: d.EventGaps,
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
				var decoded packet.Packet
				decoded, _, err = p.decoder.Captured(f.LinkType(), f.Data, f.Length)
				h.Packet = decoded.Headers
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
	f.Direction = d.Direction
	if f.Link = trace.LinkType(d.Link); d.Link != 0 && (int(f.Link) != d.Link || !f.Link.Known()) {
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
		NAT: d.NAT, Entry: trace.Entry{ID: d.Entry, Text: d.Conntrack, State: d.State, Unreplied: d.Unreplied, Assured: d.Assured},
		Proxy: d.Proxy, Continues: d.Continues, ContinuedBy: d.ContinuedBy,
	}
}

func (p *reader) ends(path string, d endsDoc) trace.Ends {
	return trace.Ends{Source: parsed(p, path+".src", d.Source, endpoint), Destination: parsed(p, path+".dst", d.Destination, endpoint)}
}

func (p *reader) journey(path string, d *journeyDoc) trace.Journey {
	p.atMost(path+".hops", len(d.Hops), mostHops, "hops")
	j := trace.Journey{ID: d.ID, Flow: d.Flow, Summary: d.Summary, Direction: d.Direction}
	j.Hops = list(p, d.Hops, path+".hops", p.hop)
	j.Outcome = p.outcome(path+".outcome", &d.Outcome)
	return j
}

func (p *reader) outcome(path string, d *outcomeDoc) trace.Outcome {
	p.atMost(path+".hooks", len(d.Hooks), mostHooks, "hooks")
	p.atMost(path+".changes", len(d.Changes), mostChanges, "changes")
	o := trace.Outcome{
		Kind: d.Kind, Node: p.name(path+".node", d.Node), Hook: d.Hook, Reason: d.Reason,
		Rule:      trace.RuleRef{Table: p.name(path+".table", d.Table), Chain: p.name(path+".chain", d.Chain), Handle: d.Rule},
		Interface: p.name(path+".interface", d.Interface), Length: d.Length, MTU: d.MTU,
		Others:     trace.Point{Node: p.name(path+".others_node", d.OthersNode), Interface: p.name(path+".others_interface", d.OthersInterface)},
		ReportedBy: d.ReportedBy, Hooks: d.Hooks, Steps: list(p, d.Steps, path+".steps", p.step),
		Changes: list(p, d.Changes, path+".changes", func(path string, c *changeDoc) trace.Change { return p.change(path, c, "") }),
	}
	if d.By != "" {
		o.Rule.Text, _ = strings.CutPrefix(d.By, o.Rule.String())
		o.Rule.Text = strings.TrimPrefix(o.Rule.Text, " ")
	}
	if d.Destination != "" {
		o.Destination = parsed(p, path+".dst", d.Destination, address)
	}
	return o
}

// hop reads a hop, except its packet.
func (p *reader) hop(path string, d *hopDoc) trace.Hop {
	p.atMost(path+".hooks", len(d.Hooks), mostHooks, "hooks")
	p.atMost(path+".changes", len(d.Changes), mostChanges, "changes")
	claim[int](p, path, 2*len(d.Hooks)+len(d.Ambiguous))
	h := trace.Hop{
		Node: p.name(path+".node", d.Node), Interface: p.name(path+".interface", d.Interface), Frame: d.Frame, Hooks: d.Hooks, Ambiguous: d.Ambiguous, Doubtful: d.Doubtful,
		Direction: d.Direction, Evidence: d.Evidence,
		Time:    parsed(p, path+".time", d.Time, instant),
		Steps:   list(p, d.Steps, path+".steps", p.step),
		Changes: list(p, d.Changes, path+".changes", func(path string, c *changeDoc) trace.Change { return p.change(path, c, d.Interface) }),
	}
	if a := d.Conntrack; a != nil {
		h.Conntrack = &trace.Association{Entry: a.ID, State: a.State, Observed: a.Observed, Direction: a.Direction}
	}
	return h
}

func (p *reader) step(path string, d *stepDoc) trace.Step {
	if d.Verdict.Kind == 0 {
		p.wrong(path+".verdict", errMissing)
	}
	return trace.Step{
		Hook: d.Hook, RuleRef: trace.RuleRef{Table: d.Table, Chain: d.Chain, Handle: d.Rule, Text: d.Text}, Verdict: d.Verdict, Terminal: d.Terminal,
		Unmatched: list(p, d.Unmatched, path+".missed", func(_ string, u *unmatchedDoc) trace.Unmatched {
			return trace.Unmatched{Handle: u.Rule, Text: u.Text, Condition: u.Condition, Was: u.Was}
		}),
	}
}

// change reads a change on the way to an interface, whose own address is the new
// source of a frame.
func (p *reader) change(path string, d *changeDoc, iface string) trace.Change {
	cause := &d.Cause
	c := trace.Change{
		Field: d.Field, From: parsed(p, path+".from", d.From, d.Field.Parse), To: parsed(p, path+".to", d.To, d.Field.Parse), Hook: d.Hook,
		Cause: trace.Cause{
			Kind: cause.Kind, Rule: trace.RuleRef{Table: cause.Table, Chain: cause.Chain, Handle: cause.Rule, Text: cause.RuleText},
			Entry: cause.Conntrack, Translation: cause.Translation, Reverse: cause.Reverse,
		},
	}
	switch cause.Kind {
	case trace.CauseRouting:
		c.Cause.Route = parsed(p, path+".cause.route", cause.Route, trace.ParseRoute)
	case trace.CauseNeighbour:
		c.Cause.Interface = iface
		c.Cause.Neighbour = parsed(p, path+".cause.neighbour", cause.Neighbour, address)
	}
	if o := cause.Origin; o != nil {
		c.Cause.Origin = trace.Origin{Journey: o.Journey, Rule: trace.RuleRef{Table: o.Table, Chain: o.Chain, Handle: o.Rule, Text: o.RuleText}}
	}
	return c
}
