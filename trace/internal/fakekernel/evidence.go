package fakekernel

import (
	"time"

	"tracer/trace"
	"tracer/trace/conntrack"
	"tracer/trace/nftrace"
)

// Evidence is one thing that a kernel reports.
type Evidence struct {
	Kind Kind
	Node string
	Of   *Truth
	Time time.Time // when it happened
	Read time.Time // when it was read, see [Kernel.Deliver]
	Idle time.Time // when its socket was found empty the last time before; zero: unknown

	Frame   trace.Frame // of kind Frame, with
	Index   int         // the index of its interface
	Message nftrace.Message
	Head    bool // the first message of an evaluation, with the packet's headers
	buffer  *buffer
	Event   conntrack.Event
}

// Kind is a kind of evidence.
type Kind int

// The kinds of evidence. Each is read from a socket of its own.
const (
	Frame Kind = iota
	Message
	Event
)

// buffer is the memory that holds a packet. The kernel derives the trace id from its
// address.
type buffer struct{ id uint32 }

// captured adds a frame at an interface to the evidence.
func (t *transit) captured(port *trace.Interface, d trace.Direction) *Evidence {
	t.frames++
	data := t.Bytes()
	e := &Evidence{
		Kind: Frame, Node: t.at.Name, Of: t.Truth, Time: t.Now, Index: port.Index,
		Frame: trace.Frame{Number: t.frames, Node: t.at.Name, Direction: d, Mark: t.mark, Data: data, Length: len(data)},
	}
	t.byFrame[t.frames] = t.Truth
	t.Frames = append(t.Frames, t.frames)
	t.Kernel.Evidence = append(t.Kernel.Evidence, e)
	return e
}

// Overlap moves the evidence from the given index on back in time, so that it overlaps
// with what came before, as for two packets in transit at once.
func (k *Kernel) Overlap(from int, back time.Duration) {
	for _, e := range k.Evidence[from:] {
		e.Time = e.Time.Add(-back)
	}
	k.Wait(-back)
}

// Whole returns all the evidence.
func (k *Kernel) Whole() map[*Evidence]bool {
	return k.Keep(func(*Evidence) bool { return true })
}

// Keep returns the evidence for which keep returns true.
func (k *Kernel) Keep(keep func(*Evidence) bool) map[*Evidence]bool {
	kept := map[*Evidence]bool{}
	for _, e := range k.Evidence {
		if keep(e) {
			kept[e] = true
		}
	}
	return kept
}

// Loss is how much of the evidence is lost, in percent.
type Loss struct {
	Frames, Messages, Events int
	Traces                   int // packets whose rule trace is lost completely
	Heads                    int // messages with headers, in addition to Messages
}

// Lose returns the evidence that is left after a loss.
func (k *Kernel) Lose(l Loss) map[*Evidence]bool {
	hits := func(percent int) bool { return k.Random.IntN(100) < percent }
	untraced := map[*Truth]bool{}
	for _, f := range k.Truths {
		untraced[f] = hits(l.Traces)
	}
	percent := [...]int{Frame: l.Frames, Message: l.Messages, Event: l.Events}
	return k.Keep(func(e *Evidence) bool {
		return !hits(percent[e.Kind]) && !(e.Kind == Message && untraced[e.Of]) && !(e.Head && hits(l.Heads))
	})
}
