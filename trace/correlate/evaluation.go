package correlate

import (
	"slices"
	"time"

	"tracer/trace"
	"tracer/trace/nftrace"
	"tracer/trace/packet"
)

// evaluation is one packet's path through one base chain: its headers on entry, and the
// rules it met until the chain was done with it.
type evaluation struct {
	place   nftrace.Place // hook and priority of the base chain
	table   string
	chains  []string // the base chain, and the chains entered from it and not yet left
	own     bool     // the chain is tracer's own, and only observes the headers
	id      uint32   // the kernel's trace id
	mark    uint32   // the packet's mark, if it is the packet's own; 0: none
	fwmark  uint32   // the packet's mark, if the node's rules may have set it; 0: none
	in, out int      // interface indexes; 0: none
	packet  packet.Packet
	steps   []trace.Step
	parts   []*evaluation      // if a datagram's fragments met the chain one by one: their evaluations, beginning with this one
	marks   []uint32           // the packet's mark after each step
	last    uint32             // and after the last message
	tracked *nftrace.Conntrack // the last that the kernel reported, or nil
	dropped bool
	idle    time.Time // when its node's reader last found nothing before the first message
	read    time.Time // when it read that
}

func newEvaluation(m *nftrace.Message, at nftrace.Place, p packet.Packet, idle, read time.Time) *evaluation {
	return &evaluation{
		place: at, table: m.TableName(), chains: []string{m.Chain}, own: m.TableName() == nftrace.Table,
		id: m.ID, in: m.In, out: m.Out, packet: p, idle: idle, read: read,
	}
}

// first reports whether the chain is the first that a packet passes when it enters a node.
func (e *evaluation) first() bool { return e.own && e.chains[0] == nftrace.FirstChain }

// atEnd reports whether the chain is the very last at input: a packet that has passed it
// has passed netfilter.
func (e *evaluation) atEnd() bool { return e.own && e.place.Hook == trace.Input }

// follows reports whether a packet can enter the chain after another one of the same node.
// Chains of several tables may share a place.
func (e *evaluation) follows(last *evaluation) bool {
	return last.place.Before(e.place) || last.place == e.place && (last.table != e.table || last.chains[0] != e.chains[0])
}

// continuedBy reports whether a message can belong to this evaluation, and follows its
// jump. The message may belong to another one with the same trace id, whose beginning was
// lost.
func (e *evaluation) continuedBy(m *nftrace.Message) bool {
	i := slices.Index(e.chains, m.Chain)
	// Like the headers, the interfaces come with the first message only.
	if i < 0 || m.TableName() != e.table || m.In != 0 && m.In != e.in || m.Out != 0 && m.Out != e.out {
		return false
	}
	e.chains = e.chains[:i+1]
	if c := m.Verdict.Code; m.Kind == nftrace.Rule && (c == nftrace.Jump || c == nftrace.Goto) {
		e.chains = append(e.chains, m.Verdict.Chain)
	}
	return true
}

// take adds a message, and reports whether the evaluation has ended.
func (e *evaluation) take(m *nftrace.Message) (ended bool) {
	if m.Conntrack != nil {
		e.tracked = m.Conntrack
	}
	e.last = m.Mark
	if !nftrace.Numbered(m.Mark) {
		e.fwmark = m.Mark
	}
	if m.Chain == e.chains[0] && (m.EndOfRules() || m.Kind == nftrace.Return) {
		return false // the next message reports what happens to the packet
	}
	s := step(e.place.Hook, m)
	if _, known := trace.TablePriority(e.place.Hook, e.table); !known {
		s.Priority = e.place.Priority
	}
	if !e.own {
		e.steps, e.marks = append(e.steps, s), append(e.marks, m.Mark)
	}
	e.dropped = s.Terminal && s.Verdict.Kind == trace.VerdictDrop
	return s.Terminal
}

// step returns what a message reports. The kernel does not report the rule's text.
func step(hook trace.Hook, m *nftrace.Message) trace.Step {
	s := trace.Step{Hook: hook, RuleRef: trace.RuleRef{Table: m.TableName(), Chain: m.Chain, Handle: m.Rule}, Verdict: verdict(m.Verdict)}
	switch {
	case m.Kind == nftrace.Policy:
		s.Verdict, s.Terminal = verdict(m.Policy), true
	case m.EndOfRules(), m.Kind == nftrace.Return: // the end of a chain entered by a jump or goto
		s.Verdict = trace.Verdict{Kind: trace.VerdictReturn}
	case m.Kind == nftrace.Rule:
		s.Terminal = m.Verdict.Terminal()
	}
	return s
}

// verdicts maps the kernel's verdicts to the model's.
var verdicts = map[nftrace.VerdictCode]trace.VerdictKind{
	nftrace.Accept: trace.VerdictAccept, nftrace.Drop: trace.VerdictDrop, nftrace.Stolen: trace.VerdictStolen,
	nftrace.Queue: trace.VerdictQueue, nftrace.Repeat: trace.VerdictRepeat, nftrace.Continue: trace.VerdictContinue,
	nftrace.Break: trace.VerdictBreak, nftrace.Jump: trace.VerdictJump, nftrace.Goto: trace.VerdictGoto,
	nftrace.ReturnChain: trace.VerdictReturn,
}

func verdict(v nftrace.Verdict) trace.Verdict {
	kind, known := verdicts[v.Code]
	if !known {
		kind = trace.VerdictOther
	}
	return trace.Verdict{Kind: kind, Chain: v.Chain}
}

// connStates maps the kernel's states to the model's.
var connStates = map[nftrace.State]trace.ConnState{
	nftrace.Invalid: trace.StateInvalid, nftrace.New: trace.StateNew, nftrace.Established: trace.StateEstablished,
	nftrace.Related: trace.StateRelated, nftrace.Untracked: trace.StateUntracked,
}
