package fakekernel

import (
	"tracer/trace"
)

// Truth is what really happened to one packet.
type Truth struct {
	Number  int
	Sent    Datagram
	Frames  []int // numbers, in order
	Steps   []trace.Step
	Changes []Change
	Joined  []Membership // in the nodes it passed, in order
	Routers int          // how many forwarded it

	Outcome trace.OutcomeKind
	Node    string     // where it ended
	Hook    trace.Hook // where it was dropped
	Rule    uint64     // what dropped it; 0: a policy
}

// Change is one translated field.
type Change struct {
	Field    trace.Field
	From, To trace.Value
	Node     string
	Hook     trace.Hook
	Rule     uint64 // for the first packet: the rule that translates; 0: its connection's entry
}

// Membership is a packet's place in a connection of one node.
type Membership struct {
	Node  string
	Of    *Connection
	Reply bool // the packet travels in the direction of replies
	isNew bool // it opens the connection
}

// On returns the packet's place in a connection of a node, or nil.
func (f *Truth) On(node string) *Membership {
	for i := range f.Joined {
		if f.Joined[i].Node == node {
			return &f.Joined[i]
		}
	}
	return nil
}

// equals reports whether two packets are identical in every byte.
func (f *Truth) equals(o *Truth) bool { return f.Sent == o.Sent }

// quotes reports whether the packet is an ICMP error. The cause of its translation is not
// always known, because it has no tuple of its own.
func (f *Truth) quotes() bool { return f.Sent.Quoted != nil }

func (f *Truth) delivered(node string) { f.Outcome, f.Node = trace.OutcomeDelivered, node }

func (f *Truth) dropped(node string, hook trace.Hook, rule uint64) {
	f.Outcome, f.Node, f.Hook, f.Rule = trace.OutcomeDropped, node, hook, rule
}

// Packet returns the truth about a frame's packet.
func (k *Kernel) Packet(frame int) *Truth { return k.byFrame[frame] }
