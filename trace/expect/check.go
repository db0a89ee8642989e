package expect

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"tracer/scenarios"
	"tracer/trace"
)

// Unmet is one expectation that a run did not meet.
type Unmet struct {
	Line int    // of the expectation, in the scenario file
	Text string // what was expected, and what was seen instead
}

// Check returns the expectations of a scenario that a trace does not meet.
func Check(s *scenarios.Scenario, t *trace.Trace) []Unmet {
	c := checker{trace: t}
	for i := range s.Expect {
		c.line = s.Expect[i].Line
		c.check(&s.Expect[i])
	}
	return c.unmet
}

type checker struct {
	trace *trace.Trace
	line  int
	unmet []Unmet
}

func (c *checker) fail(format string, args ...any) {
	c.unmet = append(c.unmet, Unmet{Line: c.line, Text: fmt.Sprintf(format, args...)})
}

func (c *checker) check(e *scenarios.Expectation) {
	switch {
	case e.Answer != "":
		c.answer(e)
	case e.Rule != "":
		c.counter(e.Rule, e.Packets)
	case e.Listing != "":
		c.listing(e)
	case e.Every == "frame":
		c.frames()
	case e.Every == "packet":
		seen := 0
		for i := range c.trace.Journeys {
			if j := &c.trace.Journeys[i]; !j.Background() && selects(e, j) {
				seen++
				c.packet(e, j)
			}
		}
		if seen == 0 {
			c.fail("there is no packet at all%s", of(e))
		}
	case e.Counted:
		c.count(e)
	default:
		c.nth(e)
	}
}

// nth checks one packet with a summary.
func (c *checker) nth(e *scenarios.Expectation) {
	if j := find(e, c.trace); j != nil {
		c.packet(e, j)
		return
	}
	which := "no packet"
	if e.Nth > 1 {
		which = fmt.Sprintf("no packet number %d", e.Nth)
	}
	c.fail("there is %s %q%s", which, e.Packet, of(e))
}

// find returns the packet that an expectation is about, or nil.
func find(e *scenarios.Expectation, t *trace.Trace) *trace.Journey {
	left := max(1, e.Nth)
	for _, j := range order(e, t) {
		if selects(e, j) {
			if left--; left == 0 {
				return j
			}
		}
	}
	return nil
}

// order returns the packets in the order in which nth counts them: with a request, as
// [trace.Trace.Names] does.
func order(e *scenarios.Expectation, t *trace.Trace) (list []*trace.Journey) {
	if e.Request != 0 {
		return t.ByFlow()
	}
	for i := range t.Journeys {
		list = append(list, &t.Journeys[i])
	}
	return list
}

// count checks how many packets are as expected.
func (c *checker) count(e *scenarios.Expectation) {
	var got []string
	for i := range c.trace.Journeys {
		j := &c.trace.Journeys[i]
		if j.Background() || !selects(e, j) {
			continue
		}
		one := checker{trace: c.trace}
		if one.packet(e, j); one.unmet == nil {
			got = append(got, fmt.Sprintf("#%d", j.ID))
		}
	}
	if len(got) != e.Count {
		c.fail("%d packets%s are as expected, not %d: %s", len(got), of(e), e.Count, list(got))
	}
}

// selects reports whether an expectation applies to a packet.
func selects(e *scenarios.Expectation, j *trace.Journey) bool {
	return (e.Packet == "" || j.Summary == e.Packet) && (e.From == "" || j.Sender() == e.From) && (e.Request == 0 || j.Request == e.Request)
}

// frames checks that every frame is in exactly one packet.
func (c *checker) frames() {
	packets := make([]int, len(c.trace.Frames)+1)
	for i := range c.trace.Journeys {
		for _, h := range c.trace.Journeys[i].Hops {
			for _, number := range h.Frames() {
				packets[number]++
			}
		}
	}
	for i := range c.trace.Frames {
		f := &c.trace.Frames[i]
		if n := packets[f.Number]; n != 1 {
			c.fail("frame %d at %s %s is in %d packets", f.Number, trace.Place(f.Node, f.Interface), f.Direction, n)
		}
	}
}

func (c *checker) answer(e *scenarios.Expectation) {
	var got []string
	for i, a := range c.trace.Answers {
		if e.Request != 0 && e.Request != i+1 {
			continue
		}
		if a.Text == e.Answer {
			c.replies(e, a.Replies)
			return
		}
		got = append(got, a.Text)
	}
	if e.Request != 0 {
		c.fail("request %d did not get the answer %q, but %q", e.Request, e.Answer, got)
		return
	}
	c.fail("no request got the answer %q, but %q", e.Answer, got)
}

// replies checks the replies to a ping, if an expectation lists them.
func (c *checker) replies(e *scenarios.Expectation, got []trace.EchoReply) {
	if e.Replies == nil {
		return
	}
	same := slices.EqualFunc(e.Replies, got, func(want scenarios.ExpectedReply, r trace.EchoReply) bool {
		return want.Sequence == int(r.Sequence) && (want.TTL == 0 || want.TTL == int(r.TTL)) && r.RoundTrip > 0
	})
	if !same {
		c.fail("the replies are %+v, not %+v", got, e.Replies)
	}
}

// counter checks a rule's packet counter. The rule is written as "TABLE CHAIN RULE". If
// several nodes have it, the first one counts.
func (c *checker) counter(rule string, want int) {
	switch _, r := ruleOf(c.trace, rule); {
	case r == nil:
		c.fail("there is no rule %s", rule)
	case r.Packets != uint64(want):
		c.fail("the rule %s counted %d packets, not %d", rule, r.Packets, want)
	}
}

// ruleOf returns the first rule "TABLE CHAIN RULE" of a trace, and its node.
func ruleOf(t *trace.Trace, rule string) (node string, found *trace.Rule) {
	for _, n := range t.State.Nodes {
		for _, table := range n.Rules {
			for _, ch := range table.Chains {
				for i := range ch.Rules {
					if r := &ch.Rules[i]; table.Name+" "+ch.Name+" "+r.Text == rule {
						return n.Name, r
					}
				}
			}
		}
	}
	return "", nil
}

func (c *checker) packet(e *scenarios.Expectation, j *trace.Journey) {
	name := fmt.Sprintf("#%d %s", j.ID, j.Summary)
	if got := j.Outcome.Kind.String(); e.Outcome != "" && got != e.Outcome {
		c.fail("%s was %s, not %s", name, got, e.Outcome)
	}
	o := &j.Outcome
	for _, f := range []struct{ what, want, got string }{
		{"ended in node", e.Node, o.Node}, {"ended at hook", e.Hook, hook(o.Hook)}, {"ended by", e.By, ended(o)},
		{"ended with the reason", e.Reason, reason(o)}, {"is reported by", e.ReportedBy, c.report(o)}, {"has the entry", e.Entry, entry(j)},
		{"is in direction", e.Direction, direction(j)}, {"has an entry in state", e.TCPState, c.tcpState(j)},
	} {
		if f.want != "" && f.want != f.got {
			c.fail("%s %s %q, not %q", name, f.what, f.got, f.want)
		}
	}
	for _, f := range []struct {
		what      string
		want, got []string
	}{
		{"was seen at", e.Hops, hops(j)}, {"met the rules", e.Steps, steps(j)}, {"did not match", e.Missed, missed(j)}, {"is of a flow with", e.NAT, c.nat(j)},
	} {
		if f.want != nil && !slices.Equal(f.want, f.got) {
			c.fail("%s %s %s, not %s", name, f.what, list(f.got), list(f.want))
		}
	}
	if e.Identity != nil {
		c.identity(e.Identity, name, j)
	}
	if e.UntouchedBy != "" {
		if s := c.touched(j, e.UntouchedBy); s != nil {
			c.fail("%s met a rule of table %s: %s", name, e.UntouchedBy, s.RuleRef)
		}
	}
	for i := range e.Changes {
		c.change(&e.Changes[i], name, j)
	}
}

// of describes to which packets an expectation applies, apart from their summary.
func of(e *scenarios.Expectation) (s string) {
	if e.From != "" {
		s += " from " + e.From
	}
	if e.Request != 0 {
		s += fmt.Sprintf(" of request %d", e.Request)
	}
	return s
}

// change checks that a packet has an expected change.
func (c *checker) change(want *scenarios.ExpectedChange, name string, j *trace.Journey) {
	var got []string
	var all []trace.Change
	for i := range j.Hops {
		all = append(all, j.Hops[i].Changes...)
	}
	all = append(all, j.Outcome.Changes...)
	for i := range all {
		ch := &all[i]
		if ch.Field.String() != want.Field {
			continue
		}
		if matches(want, ch) {
			return
		}
		got = append(got, describe(ch.From.String(), ch.To.String(), hook(ch.Hook), ch.Cause.Kind.String(), by(ch), ch.Cause.Neighbour))
	}
	seen := "it did not change"
	if got != nil {
		seen = strings.Join(got, "; ")
	}
	c.fail("%s: expected of %s: %s; seen: %s", name, want.Field,
		describe(want.From, want.To, want.Hook, want.Cause, want.By, want.Neighbour), seen)
}

func matches(want *scenarios.ExpectedChange, got *trace.Change) bool {
	for _, f := range []struct{ want, got string }{
		{want.From, got.From.String()}, {want.To, got.To.String()}, {want.Hook, hook(got.Hook)},
		{want.Cause, got.Cause.Kind.String()}, {want.By, by(got)},
	} {
		if f.want != "" && f.want != f.got {
			return false
		}
	}
	return !want.Neighbour.IsValid() || want.Neighbour == got.Cause.Neighbour
}

// by returns what made a change: a rule, as "TABLE CHAIN RULE", which may be the one behind
// a conntrack entry; a route; or an interface.
func by(c *trace.Change) string {
	switch c.Cause.Kind {
	case trace.CauseRule:
		return c.Cause.Rule.String()
	case trace.CauseConntrack:
		return c.Cause.Origin.Rule.String()
	case trace.CauseRouting:
		return c.Cause.Route.Short()
	case trace.CauseNeighbour:
		return c.Cause.Interface
	}
	return ""
}

func describe(from, to, hook, cause, by string, neighbour netip.Addr) string {
	s := orAny(from) + " => " + orAny(to)
	for _, part := range []struct{ word, value string }{{" at ", hook}, {", cause ", cause}, {": ", by}} {
		if part.value != "" {
			s += part.word + part.value
		}
	}
	if neighbour.IsValid() {
		s += ", neighbour " + neighbour.String()
	}
	return s
}

func orAny(s string) string {
	if s == "" {
		return "anything"
	}
	return s
}

// hook returns a hook's name, or "".
func hook(h trace.Hook) string {
	if h == 0 {
		return ""
	}
	return h.String()
}
