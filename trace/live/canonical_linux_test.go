package live

import (
	"fmt"
	"slices"
	"strings"

	"tracer/trace"
)

// canonical writes what must be the same in every run of a scenario: for each
// kind of packet its way, its changes with their causes, and its end. Times,
// ids, the client's port and how many there are of a kind are left out.
func canonical(t *trace.Trace) []string {
	var out []string
	for i := range t.Journeys {
		if j := &t.Journeys[i]; !j.Housekeeping() {
			out = append(out, canonicalJourney(t, j))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
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
			if s.Table == "nat" {
				fmt.Fprintf(&b, "\n  step %s %s %s: %s", s.Table, s.Chain, s.Text, s.Verdict)
			}
		}
		for _, c := range h.Changes {
			fmt.Fprintf(&b, "\n  %s %s => %s at %q by %s %s %s %s", c.Field, plain(c.From), plain(c.To), c.Hook,
				c.Cause.Kind, c.Cause.Text, c.Cause.Neighbour, c.Cause.Translation)
			if e := c.Cause.Established; e.Journey != 0 {
				fmt.Fprintf(&b, " established by %s: %s %s %s", t.Journey(e.Journey).Summary, e.Table, e.Chain, e.Text)
			}
		}
		fmt.Fprintf(&b, "\n %s/%s %s %s => %s ttl %d", h.Node, h.Interface, h.Direction,
			plain(h.Packet.Source()), plain(h.Packet.Destination()), h.Packet.TTL)
		if len(h.Ambiguous) > 0 || h.Doubtful {
			b.WriteString(" AMBIGUOUS")
		}
	}
	fmt.Fprintf(&b, "\n %s %s %s", j.Outcome.Kind, j.Outcome.Node, j.Outcome.Reason)
	return b.String()
}
