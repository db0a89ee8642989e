package judge

import (
	"net/netip"
	"slices"
	"time"

	"tracer/trace"
)

// causes checks the stated causes of a journey's changes.
func (j *judging) causes(p *trace.Journey) {
	check := func(node string, at time.Time, list []trace.Change, known bool) {
		for i := range list {
			c := &list[i]
			switch {
			case !known:
				j.Unknown["causes in ambiguous journeys"]++
			case c.Cause.Kind == trace.CauseRule:
				j.Stated["causes: rules"]++
				j.ruleCause(p, node, c)
			case c.Cause.Kind == trace.CauseConntrack:
				j.Stated["causes: connections"]++
				j.entryCause(p, node, at, c)
			}
		}
	}
	for i := range p.Hops {
		h := &p.Hops[i]
		check(h.Node, h.Time, h.Changes, !ambiguous(p) && !h.Doubtful)
	}
	if n := len(p.Hops); n > 0 {
		check(p.Outcome.Node, p.Hops[n-1].Time, p.Outcome.Changes, !ambiguous(p) && !p.Hops[n-1].Doubtful)
	}
}

// credited returns the text of a rule that a trace names. If there is none, it reports that
// and returns "".
func (j *judging) credited(p *trace.Journey, node string, r trace.RuleRef) string {
	after := j.After[node]
	if after == nil {
		j.wrong(WrongCause, "%s: there is no node %q", j.name(p), node)
		return ""
	}
	own := j.ever(node, r)
	switch {
	case own == nil:
		j.wrong(WrongCause, "%s: %s has no rule %s", j.name(p), node, r)
		return ""
	case own.Counts && own.Packets == 0:
		j.wrong(WrongCause, "%s: %s of %s has counted nothing", j.name(p), r, node)
	}
	return own.Text
}

func (j *judging) ruleCause(p *trace.Journey, node string, c *trace.Change) {
	text := j.credited(p, node, c.Cause.Rule)
	if text != "" && !j.could(node, text, c.Field, c.From, c.To) {
		j.wrong(WrongCause, "%s in %s: %s ⇒ %s of %s is not what %s does", j.name(p), node, c.From, c.To, c.Field, text)
	}
}

// entryCause checks a change that the trace attributes to a connection's entry.
func (j *judging) entryCause(p *trace.Journey, node string, at time.Time, c *trace.Change) {
	k := &c.Cause
	ofDestination := (c.Field == trace.FieldDestination) != k.Reverse && c.Field != trace.FieldICMPID
	if isDestination := k.Translation == trace.DNAT || k.Translation == trace.Redirect; ofDestination != isDestination && k.Translation != 0 && k.Translation != trace.Netmap {
		j.wrong(WrongCause, "%s in %s: %s %s ⇒ %s (reply: %v) is not the work of %s (%s)", j.name(p), node, c.Field, c.From, c.To, k.Reverse, k.Translation, k.Origin.Rule)
		return
	}
	e := j.entry(node, k.Entry, at)
	if e == nil {
		if k.Entry != 0 && !j.LostOwn {
			j.wrong(WrongEntry, "%s in %s: there is no conntrack entry %d at %s: %v", j.name(p), node, k.Entry, at.Format("05.000"), j.Entries[node])
		}
		return
	}
	if !e.translates(c) {
		j.wrong(WrongEntry, "%s in %s: %s %s ⇒ %s (reply: %v) is not what entry %+v does", j.name(p), node, c.Field, c.From, c.To, k.Reverse, *e)
	}
	if k.Origin.Rule.Handle != 0 {
		j.origin(p, node, e, c, ofDestination)
	}
	if k.Origin.Journey != 0 {
		j.opener(p, node, e, k.Origin.Journey)
	}
}

// late is how long after its packet a conntrack event may be read.
const late = 500 * time.Millisecond

// held is how long a packet that waits for a hardware address, and the ICMP error that reports
// it, refer to an entry that is no longer in the table (nf_conntrack_attach).
const held = 3 * time.Second

// entry returns the entry that had a number at a time, or nil. A number can be that of another
// entry before or after.
func (j *judging) entry(node string, id uint32, at time.Time) (found *Entry) {
	list := j.Entries[node]
	for i := range list {
		switch e := &list[i]; {
		case e.ID != id:
		case e.existed(at, at):
			return e
		case e.existed(at.Add(-held-late), at.Add(late)):
			found = e
		}
	}
	return found
}

// existed reports whether the entry existed at any time between two.
func (e *Entry) existed(from, until time.Time) bool {
	return !until.Before(e.From) && (e.Until.IsZero() || !from.After(e.Until))
}

// translates reports whether an entry accounts for a change. In an ICMP error about the
// connection only the address is translated, and an echo has no port.
func (e *Entry) translates(c *trace.Change) bool {
	same := func(v trace.Value, a netip.AddrPort) bool {
		got, ok := v.(trace.Endpoint)
		g := netip.AddrPort(got)
		return ok && g.Addr() == a.Addr() && (g.Port() == 0 || g.Port() == a.Port())
	}
	switch {
	case c.Field == trace.FieldSource && c.Cause.Reverse:
		return same(c.To, e.Original.Destination)
	case c.Field == trace.FieldSource:
		return same(c.To, e.Reply.Destination)
	case c.Field == trace.FieldDestination && c.Cause.Reverse:
		return same(c.To, e.Original.Source)
	case c.Field == trace.FieldDestination:
		return same(c.To, e.Reply.Source)
	}
	return true
}

// origin checks the rule that the trace names as the origin of an entry's translation.
func (j *judging) origin(p *trace.Journey, node string, e *Entry, c *trace.Change, ofDestination bool) {
	rule := c.Cause.Origin.Rule
	text := j.credited(p, node, rule)
	field, from, to := trace.FieldSource, e.Original.Source, e.Reply.Destination
	if ofDestination {
		field, from, to = trace.FieldDestination, e.Original.Destination, e.Reply.Source
	}
	if c.Field == trace.FieldICMPID {
		field = trace.FieldICMPID
	}
	if text != "" && !j.could(node, text, field, trace.Endpoint(from), trace.Endpoint(to)) {
		j.wrong(WrongCause, "%s in %s: %s %s ⇒ %s (reply: %v) goes back to %s, which cannot make %s of %s", j.name(p), node, c.Field, c.From, c.To, c.Cause.Reverse, text, to, from)
	}
}

// shared reports whether another connection had the same reply tuple as an entry. Then the
// server may answer a SYN as part of that one: the packet has its numbers, but this entry.
func (j *judging) shared(node string, e *Entry) bool {
	return slices.ContainsFunc(j.Entries[node], func(o Entry) bool { return o.Reply == e.Reply && o.Original != e.Original })
}

// opener checks the packet that the trace names as the opener of a connection.
func (j *judging) opener(p *trace.Journey, node string, e *Entry, number int) {
	first := j.trace.Journey(number)
	if first == nil {
		j.wrong(WrongCause, "%s: there is no packet #%d", j.name(p), number)
		return
	}
	opened, mine := j.sighting(first, 0), j.sighting(p, 0)
	if opened == nil || mine == nil {
		return
	}
	a, _ := j.streams.of(opened)
	b, _ := j.streams.of(mine)
	if a != nil && b != nil && a != b && !j.shared(node, e) {
		j.wrong(WrongCause, "%s in %s: its connection was opened by %s, which belongs to another", j.name(p), node, j.name(first))
	}
	for i := range first.Hops { // it may have waited for a neighbour on its way
		if s := j.sighting(first, i); s != nil && first.Hops[i].Node == node {
			opened = s
		}
	}
	if opened.Time.Before(e.From.Add(-late)) || !e.Until.IsZero() && opened.Time.After(e.Until) {
		j.wrong(WrongCause, "%s in %s: entry %d was opened by %s, which was not seen at that time", j.name(p), node, e.ID, j.name(first))
	}
}
