package expect

import (
	"fmt"
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
		c.answer(e.Answer)
	case e.Rule != "":
		c.counter(e.Rule, e.Packets)
	case e.Every:
		seen := 0
		for i := range c.trace.Journeys {
			if j := &c.trace.Journeys[i]; !j.Background() {
				seen++
				c.packet(e, j)
			}
		}
		if seen == 0 {
			c.fail("there is no packet at all")
		}
	default:
		i := slices.IndexFunc(c.trace.Journeys, func(j trace.Journey) bool {
			return j.Summary == e.Packet && (e.From == "" || sender(&j) == e.From)
		})
		if i < 0 {
			c.fail("there is no packet %q%s", e.Packet, from(e.From))
			return
		}
		c.packet(e, &c.trace.Journeys[i])
	}
}

func (c *checker) answer(want string) {
	var got []string
	for _, a := range c.trace.Answers {
		if a.Text == want {
			return
		}
		got = append(got, a.Text)
	}
	c.fail("no request got the answer %q, but %q", want, got)
}

// counter checks a rule's packet counter. The rule is written as "TABLE CHAIN RULE". If
// several nodes have it, the first one counts.
func (c *checker) counter(rule string, want int) {
	for _, n := range c.trace.State.Nodes {
		for _, t := range n.Rules {
			for _, ch := range t.Chains {
				for _, r := range ch.Rules {
					if t.Name+" "+ch.Name+" "+r.Text != rule {
						continue
					}
					if r.Packets != uint64(want) {
						c.fail("the rule %s counted %d packets, not %d", rule, r.Packets, want)
					}
					return
				}
			}
		}
	}
	c.fail("there is no rule %s", rule)
}

func (c *checker) packet(e *scenarios.Expectation, j *trace.Journey) {
	name := fmt.Sprintf("#%d %s", j.ID, j.Summary)
	if got := j.Outcome.Kind.String(); e.Outcome != "" && got != e.Outcome {
		c.fail("%s was %s, not %s", name, got, e.Outcome)
	}
	o := &j.Outcome
	for _, f := range []struct{ what, want, got string }{
		{"ended in node", e.Node, o.Node}, {"ended at hook", e.Hook, hook(o.Hook)}, {"ended by", e.By, ended(o)},
	} {
		if f.want != "" && f.want != f.got {
			c.fail("%s %s %q, not %q", name, f.what, f.got, f.want)
		}
	}
	if e.Hops != nil {
		var got []string
		for _, h := range j.Hops {
			got = append(got, fmt.Sprintf("%s/%s %s", h.Node, h.Interface, h.Direction))
		}
		if !slices.Equal(got, e.Hops) {
			c.fail("%s was seen at %s, not at %s", name, strings.Join(got, ", "), strings.Join(e.Hops, ", "))
		}
	}
	if e.UntouchedBy != "" {
		if s := stepIn(j, e.UntouchedBy); s != "" {
			c.fail("%s met a rule of table %s: %s", name, e.UntouchedBy, s)
		}
	}
	for i := range e.Changes {
		c.change(&e.Changes[i], name, j)
	}
}

// sender returns the node that sent a packet.
func sender(j *trace.Journey) string {
	if len(j.Hops) > 0 {
		return j.Hops[0].Node
	}
	return j.Outcome.Node
}

func from(node string) string {
	if node == "" {
		return ""
	}
	return " from " + node
}

// ended returns what ended a packet's path: a rule, the chain whose policy applied, or
// another reason.
func ended(o *trace.Outcome) string {
	switch o.Reason {
	case trace.ReasonRule, trace.ReasonPolicy, trace.ReasonReject:
		return o.Rule.String()
	case 0:
		return ""
	}
	return o.Reason.String()
}

// stepIn returns the first rule of a table that a packet matched, or "".
func stepIn(j *trace.Journey, table string) string {
	var all []trace.Step
	for i := range j.Hops {
		all = append(all, j.Hops[i].Steps...)
	}
	for _, s := range append(all, j.Outcome.Steps...) {
		if s.Table == table {
			return s.Chain + " " + s.Text
		}
	}
	return ""
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
		got = append(got, describe(ch.From.String(), ch.To.String(), hook(ch.Hook), ch.Cause.Kind.String(), by(ch)))
	}
	seen := "it did not change"
	if got != nil {
		seen = strings.Join(got, "; ")
	}
	c.fail("%s: expected of %s: %s; seen: %s", name, want.Field,
		describe(want.From, want.To, want.Hook, want.Cause, want.By), seen)
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
	return true
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

func describe(from, to, hook, cause, by string) string {
	s := orAny(from) + " => " + orAny(to)
	for _, part := range []struct{ word, value string }{{" at ", hook}, {", cause ", cause}, {": ", by}} {
		if part.value != "" {
			s += part.word + part.value
		}
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
