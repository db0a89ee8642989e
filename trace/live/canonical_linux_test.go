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
	var out []string
	acks, repeated := map[string]bool{}, t.Retransmissions()
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if j.Background() || repeated[j.ID] != 0 {
			continue
		}
		s := canonicalJourney(t, j)
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

func canonicalJourney(t *trace.Trace, j *trace.Journey) string {
	var b strings.Builder
	client := ""
	for _, f := range t.Flows {
		if f.Protocol == "TCP" {
			client = fmt.Sprintf(":%d", f.Original.Source.Port())
		}
	}
	plain := func(s string) string {
		if client == "" {
			return s
		}
		return strings.ReplaceAll(s, client, ":EPHEMERAL")
	}
	fmt.Fprintf(&b, "%s %s", j.Summary, j.Direction)
	for _, h := range j.Hops {
		for _, s := range h.Steps {
			fmt.Fprintf(&b, "\n  step %s %s %s %s: %s", name(s.Hook), s.Table, s.Chain, s.Text, s.Verdict)
		}
		for _, c := range h.Changes {
			fmt.Fprintf(&b, "\n  %s %s => %s at %q by %s %s %s %s", c.Field, plain(c.From.String()), plain(c.To.String()), name(c.Hook),
				c.Cause.Kind, decider(&c.Cause), neighbour(&c.Cause), name(c.Cause.Translation))
			if c.Cause.Reverse {
				b.WriteString(" reversed")
			}
			if o := c.Cause.Origin; o.Journey != 0 {
				fmt.Fprintf(&b, " established by %s: %s", t.Journey(o.Journey).Summary, o.Rule)
			}
		}
		fmt.Fprintf(&b, "\n %s/%s %s %s => %s ttl %d", h.Node, h.Interface, h.Direction,
			plain(h.Packet.Source()), plain(h.Packet.Destination()), h.Packet.TTL)
		if len(h.Ambiguous) > 0 || h.Doubtful {
			b.WriteString(" AMBIGUOUS")
		}
	}
	fmt.Fprintf(&b, "\n %s %s %s", j.Outcome.Kind, j.Outcome.Node, name(j.Outcome.Reason))
	return regexp.MustCompile(` +\n`).ReplaceAllString(b.String()+"\n", "\n")
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
