package live

import (
	"encoding"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"tracer/trace"
)

// canonical writes what must be the same in every run of a scenario: for each packet its
// path, the rules it met, its changes with their causes, and its outcome. Times, ids and
// the client's port are omitted. Equal bare acknowledgments appear once, because their
// number varies.
func canonical(t *trace.Trace) []string {
	client := ""
	for _, f := range t.Flows {
		if f.Protocol == "TCP" {
			client = fmt.Sprintf(":%d", f.Original.Source.Port())
		}
	}
	form := canonicalForm{plain: func(s string) string {
		if client == "" {
			return s
		}
		return strings.ReplaceAll(s, client, ":EPHEMERAL")
	}}
	return form.journeys(t, func(*trace.Journey) bool { return true })
}

// canonicalForm is how journeys are written.
type canonicalForm struct {
	plain  func(string) string // removes from the text what differs from run to run
	missed bool                // with the rules that did not match; why they did not depends on the options
}

// journeys writes some of the journeys.
func (f canonicalForm) journeys(t *trace.Trace, of func(*trace.Journey) bool) []string {
	var out []string
	acks, repeated := map[string]bool{}, t.Retransmissions()
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if j.Background() || repeated[j.ID] != 0 || !of(j) {
			continue
		}
		s := f.plain(f.journey(t, j))
		if j.Summary != "TCP ACK" || !acks[s] {
			out = append(out, s)
		}
		if j.Summary == "TCP ACK" {
			acks[s] = true
		}
	}
	slices.Sort(out)
	return out
}

func (f canonicalForm) journey(t *trace.Trace, j *trace.Journey) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", j.Summary, j.Direction)
	for _, h := range j.Hops {
		f.stay(&b, t, h.Steps, h.Changes)
		fmt.Fprintf(&b, "\n %s/%s %s %s => %s ttl %d", h.Node, h.Interface, h.Direction, h.Packet.Source(), h.Packet.Destination(), h.Packet.TTL)
		if len(h.Ambiguous) > 0 || h.Doubtful {
			b.WriteString(" AMBIGUOUS")
		}
	}
	o := &j.Outcome
	f.stay(&b, t, o.Steps, o.Changes)
	fmt.Fprintf(&b, "\n %s %s %s", o.Kind, o.Node, name(o.Reason))
	if o.Rule != (trace.RuleRef{}) {
		fmt.Fprintf(&b, " by %s %s %s", o.Rule.Table, o.Rule.Chain, o.Rule.Text)
	}
	if o.ReportedBy != 0 {
		fmt.Fprintf(&b, " reported by %s", t.Journey(o.ReportedBy).Summary)
	}
	return regexp.MustCompile(` +\n`).ReplaceAllString(b.String()+"\n", "\n")
}

// stay writes what happened to a packet between two hops, or after the last one.
func (f canonicalForm) stay(b *strings.Builder, t *trace.Trace, steps []trace.Step, changes []trace.Change) {
	for _, s := range steps {
		for _, u := range s.Unmatched {
			if !f.missed {
				break
			}
			fmt.Fprintf(b, "\n  missed %s: %s was %q", u.Text, u.Condition, u.Was)
		}
		fmt.Fprintf(b, "\n  step %s %s %s %s: %s", name(s.Hook), s.Table, s.Chain, s.Text, s.Verdict)
	}
	for _, c := range changes {
		fmt.Fprintf(b, "\n  %s %s => %s at %q by %s %s %s %s", c.Field, c.From, c.To, name(c.Hook),
			c.Cause.Kind, decider(&c.Cause), neighbour(&c.Cause), name(c.Cause.Translation))
		if c.Cause.Reverse {
			b.WriteString(" reversed")
		}
		if o := c.Cause.Origin; o.Journey != 0 {
			fmt.Fprintf(b, " established by %s: %s %s %s", t.Journey(o.Journey).Summary, o.Rule.Table, o.Rule.Chain, o.Rule.Text)
		}
	}
}

// name returns the name of a value, or the error if it has none.
func name(of encoding.TextMarshaler) string {
	text, err := of.MarshalText()
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// decider returns the rule, the route or the interface that a cause names.
func decider(c *trace.Cause) string {
	switch c.Kind {
	case trace.CauseRule:
		return c.Rule.Text
	case trace.CauseRouting:
		return c.Route.Short()
	}
	return c.Interface
}

func neighbour(c *trace.Cause) string {
	if !c.Neighbour.IsValid() {
		return ""
	}
	return c.Neighbour.String()
}

// endpoint returns a source or destination as a value.
func endpoint(s string) trace.Value { return trace.Endpoint(netip.MustParseAddrPort(s)) }

// unaccounted returns the frames that are not in exactly one journey.
func unaccounted(t *trace.Trace) []string {
	claims := map[int]int{}
	for _, j := range t.Journeys {
		for _, h := range j.Hops {
			for _, number := range h.Frames() {
				claims[number]++
			}
		}
	}
	var out []string
	for _, f := range t.Frames {
		if n := claims[f.Number]; n != 1 {
			out = append(out, fmt.Sprintf("frame %d, %s/%s %s, is in %d journeys", f.Number, f.Node, f.Interface, f.Direction, n))
		}
	}
	return out
}

// ambiguous lists the ambiguous journeys, background traffic included, with the places
// and times of their sightings.
func ambiguous(t *trace.Trace) []string {
	var out []string
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if !slices.ContainsFunc(j.Hops, func(h trace.Hop) bool { return len(h.Ambiguous) > 0 || h.Doubtful }) {
			continue
		}
		s := fmt.Sprintf("#%d %s %s, %s", j.ID, j.Summary, j.Direction, j.Outcome.Kind)
		for _, h := range j.Hops {
			s += fmt.Sprintf("\n  frame %d %s %s/%s %s %s => %s, may be %v, doubtful %t", h.Frame, h.Time.Format("05.000000"),
				h.Node, h.Interface, h.Direction, h.Packet.Source(), h.Packet.Destination(), h.Ambiguous, h.Doubtful)
		}
		out = append(out, s)
	}
	return out
}
