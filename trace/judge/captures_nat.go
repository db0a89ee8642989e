package judge

import (
	"net/netip"
	"strings"

	"tracer/trace"
)

// translation is what an entry does to a packet in one direction.
type translation struct{ from, to Tuple }

// translations returns what the entries of a node do to packets in one direction.
func (j *judging) translations(node string, reply bool) (list []translation) {
	for _, e := range j.Entries[node] {
		t := translation{e.Original, e.Reply.reversed()}
		if reply {
			t = translation{e.Reply, e.Original.reversed()}
		}
		list = append(list, t)
	}
	return list
}

func (t Tuple) reversed() Tuple { return Tuple{t.Protocol, t.Destination, t.Source} }

// tuple returns the tuple by which conntrack finds a frame's entry. An ICMP error is found by
// the packet that it quotes, which went the opposite way.
func (h *header) tuple() Tuple {
	if h.Quote != nil {
		return h.Quote.tuple().reversed()
	}
	t := Tuple{uint8(h.Protocol), h.Src, h.Dst}
	if h.icmp() {
		t.Source, t.Destination = netip.AddrPortFrom(h.Src.Addr(), h.Echo), netip.AddrPortFrom(h.Dst.Addr(), h.Echo)
	}
	return t
}

// is reports whether two tuples are equal, as far as fragments (portless) show.
func (t Tuple) is(o Tuple, portless bool) bool {
	if portless {
		return t.Protocol == o.Protocol && t.Source.Addr() == o.Source.Addr() && t.Destination.Addr() == o.Destination.Addr()
	}
	return t == o
}

// inferred checks the kinds of NAT inferred for a hop: an entry must have done exactly that to
// the packet. If all interfaces were captured, it must be an entry of the node that the packet
// was in.
func (j *judging) inferred(p *trace.Journey, hop int) {
	h := &p.Hops[hop]
	for i := range h.Changes {
		c := &h.Changes[i]
		switch {
		case c.Cause.Kind != trace.CauseInferred:
			j.wrong(WrongCause, "%s at %s: captures cannot show a cause such as %s", j.name(p), h.Place(), c.Cause.Kind)
		case c.Cause.Translation == 0:
			if c.Field.Translated() {
				j.Unknown["kind of NAT"]++
			}
		case ambiguous(p):
			j.Unknown["kind of NAT in ambiguous journeys"]++
		default:
			j.Stated["kinds of NAT"]++
			j.kind(p, hop, c)
			j.client(p, c)
		}
	}
}

// kind checks the kind of NAT stated for a change.
func (j *judging) kind(p *trace.Journey, hop int, c *trace.Change) {
	to := j.sighting(p, hop)
	if isDestination := c.Cause.Translation == trace.DNAT; isDestination != ((c.Field == trace.FieldDestination) != c.Cause.Reverse) {
		j.wrong(WrongCause, "%s at %s: %s cannot change %s (reply: %v)", j.name(p), p.Hops[hop].Place(), c.Cause.Translation, c.Field, c.Cause.Reverse)
		return
	}
	for _, k := range parents(p, hop) {
		from := j.sighting(p, k)
		if from == nil || to == nil || j.translates(from, to, c.Cause.Reverse) {
			return
		}
	}
	if j.ruled(c.Field, c.From, c.To) && !c.Cause.Reverse {
		return
	}
	j.wrong(WrongCause, "%s at %s: %s ⇒ %s is not %s (reply: %v): no entry does that: %s", j.name(p), p.Hops[hop].Place(), c.From, c.To, c.Cause.Translation, c.Cause.Reverse, ways(p))
}

// half returns the tuple of packets between prerouting, which changes their destination, and
// postrouting, which changes their source. It is seen on a bridge's own interface if
// br_netfilter is on.
func (t translation) half() Tuple {
	return Tuple{t.from.Protocol, t.from.Source, t.to.Destination}
}

// translates reports whether conntrack accounts for the difference between two sightings: one
// entry or, if not all interfaces were captured, several in a row.
func (j *judging) translates(from, to *Sighting, reply bool) bool {
	a, b := from.tuple(), to.tuple()
	portless := from.Offset > 0 || to.Offset > 0
	if from.At.Node == to.At.Node {
		for _, t := range j.translations(from.At.Node, reply) {
			begins, halfway := t.from.is(a, portless), t.half().is(a, portless)
			if (begins || halfway) && t.to.is(b, portless) || begins && t.half().is(b, portless) {
				return true
			}
		}
	}
	if j.everywhere() {
		return false
	}
	begins, ends := false, false
	for node := range j.Entries {
		for _, t := range j.translations(node, reply) {
			half := t.half()
			begins, ends = begins || t.from.is(a, portless) || half.is(a, portless), ends || t.to.is(b, portless) || half.is(b, portless)
		}
	}
	return begins && ends
}

// everywhere reports whether all interfaces with traffic were captured.
func (j *judging) everywhere() bool {
	for i := range j.Sightings {
		if s := &j.Sightings[i]; !j.captured[s.At] {
			return false
		}
	}
	return true
}

// client checks that the packet named by the trace was sent by the end that opened the
// connection.
func (j *judging) client(p *trace.Journey, c *trace.Change) {
	mine := j.sighting(p, 0)
	opener := j.trace.Journey(c.Cause.Origin.Journey)
	if opener == nil {
		j.wrong(WrongCause, "%s: there is no packet #%d", j.name(p), c.Cause.Origin.Journey)
		return
	}
	first := j.sighting(opener, 0)
	if first == nil || mine == nil {
		return
	}
	a, direction := j.streams.of(first)
	b, _ := j.streams.of(mine)
	switch {
	case a != nil && direction != trace.Original:
		j.wrong(WrongCause, "%s: its connection was not opened by the sender of %s", j.name(p), j.name(opener))
	case a != nil && b != nil && a != b && !j.challenged(p, b, j.syns()):
		j.wrong(WrongCause, "%s: its connection was opened by %s, which belongs to another", j.name(p), j.name(opener))
	case first.icmp() && first.Quote == nil && (!first.echoes() || first.replies()):
		j.wrong(WrongCause, "%s: its connection was opened by %s, which is not a request", j.name(p), j.name(opener))
	case first.Tagged && mine.Tagged && first.Protocol == mine.Protocol && first.Tag.Request != mine.Tag.Request && b == nil:
		j.wrong(WrongCause, "%s: its connection was opened by %s, which belongs to another request", j.name(p), j.name(opener))
	}
}

// mapping checks a translation of the survey.
func (j *judging) mapping(m *trace.Mapping) {
	if m.Kind == 0 {
		j.Unknown["kind of NAT of connections"]++
		return
	}
	j.Stated["mappings"]++
	for node := range j.Entries {
		for _, t := range j.translations(node, false) {
			if m.Kind == trace.DNAT && similar(t.from.Destination, m.From) && (similar(t.to.Destination, m.To) || !j.everywhere()) ||
				m.Kind == trace.SNAT && t.from.Source.Addr() == m.From.Addr() && (t.to.Source.Addr() == m.To.Addr() || !j.everywhere()) {
				return
			}
		}
	}
	field := trace.FieldSource
	if m.Kind == trace.DNAT {
		field = trace.FieldDestination
	}
	if !j.ruled(field, trace.Endpoint(m.From), trace.Endpoint(m.To)) {
		j.wrong(WrongSurvey, "no entry has %s %s ⇒ %s", m.Kind, m.From, m.To)
	}
}

// ruled reports whether a rule makes this translation. If its packet was dropped, the entry
// was never confirmed, and no event reported it.
func (j *judging) ruled(field trace.Field, from, to trace.Value) bool {
	for node, c := range j.After {
		for _, chain := range c.Chains {
			for _, r := range chain.Rules {
				if (chain.Table == "nat" || names(r.Text, to)) && j.could(node, r.Text, field, from, to) {
					return true
				}
			}
		}
	}
	return false
}

// names reports whether a rule in nft's JSON names the address of an end.
func names(text string, end trace.Value) bool {
	e, is := end.(trace.Endpoint)
	return is && strings.HasPrefix(text, "[") && strings.Contains(text, `"`+netip.AddrPort(e).Addr().String()+`"`)
}

// similar reports whether two ends are equal. The second one need not have a port.
func similar(a, b netip.AddrPort) bool {
	return a.Addr() == b.Addr() && (b.Port() == 0 || a.Port() == b.Port())
}
