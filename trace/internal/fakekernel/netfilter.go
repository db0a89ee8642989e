package fakekernel

import (
	"net/netip"
	"strings"

	"tracer/sim/rule"
	"tracer/trace"
	"tracer/trace/nftrace"
)

// firstMark precedes the first mark that tracer's table assigns.
const firstMark = 0x6000_0000

// begin runs the packet through the chains of tracer's table before nat. The one that
// starts the trace runs before connection tracking, so it cannot name the entry yet.
func (t *transit) begin(hook trace.Hook, in, out *trace.Interface) {
	if t.Marks && t.mark == 0 && t.at.tables != nil {
		t.at.marks++
		t.mark = firstMark + t.at.marks
	}
	member := t.member
	t.member = nil
	t.checkpoint("start", hook, in, out)
	t.member = member
	t.checkpoint("new", hook, in, out)
}

// checkpoint runs the packet through a base chain of tracer's own table, which accepts
// everything.
func (t *transit) checkpoint(name string, hook trace.Hook, in, out *trace.Interface) {
	if t.at.tables == nil {
		return
	}
	e := evaluation{transit: t, table: nftrace.Table, hook: hook, in: in, out: out, own: true}
	chain := &Chain{Name: name + "-" + hook.String(), Policy: "ACCEPT"}
	if name == "start" {
		e.report(nftrace.Message{Kind: nftrace.Rule, Chain: chain.Name, Rule: 2, Verdict: nftrace.Verdict{Code: nftrace.Continue}}, nil)
	}
	e.policy(chain, nil)
}

// evaluate evaluates the rules of a table at a hook, and reports whether the packet gets
// past them.
func (t *transit) evaluate(table string, hook trace.Hook, in, out *trace.Interface) bool {
	chain := find(t.at.tables, table, strings.ToUpper(hook.String()))
	if chain == nil {
		return true
	}
	e := evaluation{transit: t, table: table, hook: hook, in: in, out: out}
	matched := e.walk(chain)
	switch {
	case matched == nil:
		if chain.Policy == "DROP" {
			t.dropped(t.at.Name, hook, 0)
		}
		return chain.Policy != "DROP"
	case matched.NAT != nil:
		t.decide(matched, out)
	case matched.Target == "DROP":
		t.dropped(t.at.Name, hook, matched.Handle)
		return false
	}
	return true
}

// evaluation is a packet's path through one base chain. The kernel reports each rule that
// matches; the first report has the packet's headers and interfaces.
type evaluation struct {
	*transit
	table   string
	hook    trace.Hook
	in, out *trace.Interface
	own     bool // in tracer's table, whose rules are not steps
	begun   bool
}

// walk returns the deciding rule, or nil.
func (e *evaluation) walk(chain *Chain) *Rule {
	facts := e.facts()
	var unmatched []trace.Unmatched
	for i := range chain.Rules {
		r := &chain.Rules[i]
		if m, failed := r.fails(&facts); failed {
			unmatched = append(unmatched, trace.Unmatched{Handle: r.Handle, Text: r.text(), Condition: m.Condition, Was: m.Was})
			continue
		}
		v := r.verdict()
		e.report(nftrace.Message{Kind: nftrace.Rule, Chain: chain.Name, Rule: r.Handle, Verdict: v}, unmatched)
		unmatched = nil
		if v.Code != nftrace.Jump {
			return r
		}
		if decided := e.walk(find(e.at.tables, e.table, v.Chain)); decided != nil {
			return decided
		}
	}
	if chain.Policy == "" {
		e.report(nftrace.Message{Kind: nftrace.Return, Chain: chain.Name}, unmatched)
		return nil
	}
	e.policy(chain, unmatched)
	return nil
}

// policy applies the policy of a base chain.
func (e *evaluation) policy(chain *Chain, unmatched []trace.Unmatched) {
	code := nftrace.Accept
	if chain.Policy == "DROP" {
		code = nftrace.Drop
	}
	e.report(nftrace.Message{Kind: nftrace.Rule, Chain: chain.Name, Verdict: nftrace.Verdict{Code: nftrace.Continue}}, nil)
	e.report(nftrace.Message{Kind: nftrace.Policy, Chain: chain.Name, Policy: nftrace.Verdict{Code: code}}, unmatched)
}

// facts returns what rules can test about the packet.
func (e *evaluation) facts() rule.Facts {
	f := rule.Facts{
		Source: e.Source, Destination: e.Destination, Protocol: uint8(e.Protocol), Ports: true,
		Local: func(a netip.Addr) bool { return owns(e.at.Node, a) },
	}
	if e.in != nil {
		f.In = e.in.Name
	}
	if e.out != nil {
		f.Out = e.out.Name
	}
	return f
}

// report adds a message of the rule trace, and the truth about it. The end of a chain's
// rules is a message, but not a step.
func (e *evaluation) report(m nftrace.Message, unmatched []trace.Unmatched) {
	e.tick()
	m.Family, m.Table, m.Mark = nftrace.FamilyIPv4, e.table, e.mark
	if !e.begun {
		e.headers(&m)
	}
	e.Kernel.Evidence = append(e.Kernel.Evidence, &Evidence{
		Kind: Message, Node: e.at.Name, Of: e.Truth, Time: e.Now, Message: m, Head: !e.begun, buffer: e.buffer,
	})
	e.begun = true
	if e.own || m.Kind == nftrace.Rule && m.Rule == 0 {
		return
	}
	s := trace.Step{Hook: e.hook, RuleRef: trace.RuleRef{Table: e.table, Chain: m.Chain, Handle: m.Rule}, Unmatched: unmatched}
	v := m.Verdict
	switch m.Kind {
	case nftrace.Return:
		v.Code = nftrace.ReturnChain
	case nftrace.Policy:
		v = m.Policy
	}
	s.Verdict = trace.Verdict{Kind: verdicts[v.Code], Chain: v.Chain}
	s.Terminal = v.Code == nftrace.Accept || v.Code == nftrace.Drop
	e.Steps = append(e.Steps, s)
}

// headers adds what only the first message of an evaluation contains.
func (e *evaluation) headers(m *nftrace.Message) {
	b := e.Bytes()
	m.Network, m.Transport = b[14:34], b[34:min(len(b), 54)]
	if e.in != nil {
		m.In, m.Link = e.in.Index, b[:14]
	}
	if e.out != nil {
		m.Out = e.out.Index
	}
	if e.Attributes && e.member != nil {
		m.Conntrack = e.member.attribute(e.Quoted != nil)
	}
}

// attribute returns what the rule trace reports about the packet's connection.
func (m *Membership) attribute(related bool) *nftrace.Conntrack {
	c := &nftrace.Conntrack{ID: m.Of.ID, Direction: trace.Original, Status: m.Of.Status, State: nftrace.Established}
	if m.Reply {
		c.Direction = trace.Reply
	}
	switch {
	case related:
		c.State = nftrace.Related
	case m.isNew:
		c.State = nftrace.New
	}
	return c
}

// verdicts maps the kernel's verdicts to the model's.
var verdicts = map[nftrace.VerdictCode]trace.VerdictKind{
	nftrace.Accept: trace.VerdictAccept, nftrace.Drop: trace.VerdictDrop, nftrace.Jump: trace.VerdictJump, nftrace.ReturnChain: trace.VerdictReturn,
}
