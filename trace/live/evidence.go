package live

import (
	"time"

	"tracer/trace"
	"tracer/trace/conntrack"
	"tracer/trace/correlate"
	"tracer/trace/nftrace"
)

// evidence is something that a reader has read in a node.
type evidence interface {
	// read returns when it was read: for a frame, when it passed.
	read() time.Time
	// after returns a time after which it happened: for a frame, when it passed.
	after() time.Time
	// lasts reports whether it matters to later packets, too.
	lasts() bool
	// size returns the room that it takes.
	size() amount
	// lost returns the count of what is missing without it.
	lost(*trace.Gaps) *uint64
	// tell passes it to the correlator.
	tell(*follower)
}

// frame is a captured frame.
type frame struct {
	trace.Frame
	index int // of its interface
}

func (f *frame) read() time.Time            { return f.Time }
func (f *frame) after() time.Time           { return f.Time }
func (f *frame) lasts() bool                { return false }
func (f *frame) size() amount               { return amount{frames: 1, bytes: len(f.Data)} }
func (f *frame) lost(g *trace.Gaps) *uint64 { return &g.Unkept }
func (f *frame) tell(to *follower)          { to.frame(f) }

// message is a message from netfilter: of the rule trace, or a conntrack event.
type message struct {
	idle time.Time // when the reader last found nothing to read: it happened after that,
	at   time.Time // and before this, when it was read
	last bool      // see evidence
	gap  func(*trace.Gaps) *uint64
	told func(c *correlate.Correlator, idle, at time.Time)
}

func ruleMessage(node string, m nftrace.Message, idle, at time.Time) *message {
	return &message{idle, at, false, func(g *trace.Gaps) *uint64 { return &g.Steps }, func(c *correlate.Correlator, idle, at time.Time) { c.Trace(node, m, idle, at) }}
}

func conntrackEvent(node string, e conntrack.Event, idle, at time.Time) *message {
	return &message{idle, at, true, func(g *trace.Gaps) *uint64 { return &g.Events }, func(c *correlate.Correlator, idle, at time.Time) { c.Conntrack(node, e, idle, at) }}
}

func (m *message) read() time.Time            { return m.at }
func (m *message) after() time.Time           { return m.idle }
func (m *message) lasts() bool                { return m.last }
func (m *message) size() amount               { return amount{messages: 1} }
func (m *message) lost(g *trace.Gaps) *uint64 { return m.gap(g) }
func (m *message) tell(to *follower)          { to.message(m) }
