package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"tracer/trace"
	"tracer/trace/packet"
	"tracer/trace/savefile"
)

// Read reads a trace that [JSON] wrote, or an early version of it (read_old.go). It skips
// unknown keys, and sentences, since the reader has its own language. JSON would write
// the trace again byte for byte.
//
// The trace satisfies [trace.Trace.Check]. If it was written with a filter, packets that
// others refer to may be missing.
//
// An error says where in the document something is wrong. If packets were read before it,
// Read returns them with the error.
func Read(r io.Reader) (*trace.Trace, error) {
	p := reader{in: newGate(r), decoder: packet.NewDecoder(), trace: &trace.Trace{}}
	broken := p.document()
	switch {
	case p.schema == 0 && broken == nil:
		return nil, errors.New("not a trace: it has no schema")
	case p.schema == 0 && len(p.trace.Journeys) == 0:
		return nil, fmt.Errorf("not a trace: %w", broken)
	case p.schema != schema && p.schema != 0:
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
		case "lesson":
			return single(p, key, func(l *trace.Lesson) { t.Lesson = p.lesson(l) })
		case "kernel":
			return p.in.Decode(&t.State.Kernel)
		case "capture":
			return single(p, key, func(d *captureDoc) { t.Gaps = d.Gaps })
		case "survey":
			return single(p, key, func(d *surveyDoc) { t.Survey = p.survey(d) })
		case "nodes":
			return elements(p, key, &t.State.Nodes, p.node)
		case "flows":
			return elements(p, key, &t.Flows, p.flow)
		case "answers":
			return elements(p, key, &t.Answers, func(a *answerDoc) trace.Answer {
				out := trace.Answer{
					From: a.From, URL: a.URL, Text: a.Text, Replies: kept(p, a.Replies), Command: a.Command,
					Began: time.Time(a.Began), Ended: time.Time(a.Ended),
				}
				if a.Before != nil {
					out.Before = p.rules(a.Before)
				}
				return out
			})
		case "frames":
			return elements(p, key, &t.Frames, p.frame)
		case "journeys":
			return elements(p, key, &t.Journeys, p.journey)
		}
		var skipped json.RawMessage
		return p.in.Decode(&skipped)
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = errCutOff
	}
	return &savefile.Error{Offset: p.in.InputOffset(), Err: err}
}

var (
	errCutOff  = errors.New("the file ends in the middle")
	errNoTrace = errors.New("not a trace")
)

// packet decodes the packet of a hop from its frames.
func (p *reader) packet(h *trace.Hop) error {
	var frames [][]byte
	f := p.trace.Frame(h.Frame)
	for _, n := range h.Frames() {
		o := p.trace.Frame(n)
		if o == nil {
			return fmt.Errorf("there is no frame %d", n)
		}
		frames = append(frames, o.Data)
	}
	data, length := f.Data, f.Length
	if len(frames) > 1 {
		whole, complete := packet.Reassemble(frames)
		if !complete {
			return fmt.Errorf("frames %d are not a whole packet", h.Frames())
		}
		data, length = whole, len(whole)
	}
	decoded, _, err := p.decoder.Captured(f.LinkType(), data, length)
	h.Packet = decoded.Headers
	return err
}

// packets decodes the packet of each hop from its frame. It runs last, since frames may
// follow the packets in a document.
func (p *reader) packets() error {
	t := p.trace
	for i := range t.Journeys {
		for k := range t.Journeys[i].Hops {
			h := &t.Journeys[i].Hops[k]
			err := p.packet(h)
			if err != nil {
				t.Journeys = t.Journeys[:i]
				return fmt.Errorf("journeys[%d].hops[%d].frame: %w", i, k, err)
			}
		}
	}
	return nil
}

func (p *reader) lesson(l *trace.Lesson) *trace.Lesson {
	l.After, l.Focus = kept(p, l.After), kept(p, l.Focus)
	p.names(l.After...)
	p.names(l.Next, l.Fault)
	return l
}

func (p *reader) frame(d *frameDoc) trace.Frame {
	p.names(d.Node, d.Interface)
	p.atMost("data", len(d.Data), mostFrame)
	return trace.Frame{
		Number: d.Number, Node: d.Node, Interface: d.Interface, Direction: d.Direction, Mark: d.Mark, Link: d.Link,
		Time: time.Time(d.Time), Length: d.Length, Data: d.Data,
	}
}

func (p *reader) flow(d *flowDoc) trace.Flow {
	p.names(d.Protocol)
	p.atMost("nat", len(d.NAT), mostHooks)
	oldEntry(&d.Entry)
	return trace.Flow{
		ID: d.ID, Protocol: d.Protocol, Original: p.ends("original", d.Original), Reply: p.ends("reply", d.Reply), NAT: kept(p, d.NAT),
		Entry: d.Entry, Proxy: d.Proxy, Continues: d.Continues, ContinuedBy: d.ContinuedBy,
	}
}

func (p *reader) ends(name string, d endsDoc) trace.Ends {
	return trace.Ends{Source: p.end(name+".src", d.Source), Destination: p.end(name+".dst", d.Destination)}
}

// end reads an end of a flow. A flow between hardware addresses has no IP addresses.
func (p *reader) end(name, text string) netip.AddrPort {
	if text == (netip.Addr{}).String() || text == (netip.AddrPort{}).String() {
		return netip.AddrPort{}
	}
	e, err := trace.ParseEndpoint(text)
	p.wrong(name, err)
	return netip.AddrPort(e)
}
