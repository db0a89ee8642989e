package correlate

import (
	"fmt"
	"slices"
	"tracer/trace"
)

// judge holds journeys against the truth of a bed and returns what is wrong. kept
// says which evidence was delivered. Whole means that all was, and that nothing
// of it was equal to something else at the same time: then all must be known.
func (b *bed) judge(journeys []trace.Journey, c *Correlator, kept map[*proof]bool, whole bool) (wrong []string) {
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	hopsOf := map[int]int{} // frame → hops
	owner := map[int]*fate{}
	of := map[*fate][]*trace.Journey{}
	traffic, house := 0, 0
	for i := range journeys {
		j := &journeys[i]
		if j.Background() {
			if house--; j.ID != house {
				complain("journey %d has the number %d", house, j.ID)
			}
		} else if traffic++; j.ID != traffic {
			complain("journey %d has the number %d", traffic, j.ID)
		}
		var f *fate
		for _, h := range j.Hops {
			hopsOf[h.Frame]++
			if len(h.Ambiguous) > 0 {
				continue
			}
			if f != nil && f != b.of[h.Frame] {
				complain("#%d %s: hop at %s/%s is of packet %d, not %d", j.ID, j.Summary, h.Node, h.Interface, b.of[h.Frame].number, f.number)
			}
			f = b.of[h.Frame]
		}
		if f == nil && len(j.Hops) > 0 {
			f = b.of[j.Hops[0].Frame]
		}
		if f == nil { // never on an interface: by its steps
			i := slices.IndexFunc(b.fates, func(o *fate) bool {
				return (!whole || len(o.frames) < 2 && of[o] == nil) && (o.outcome == j.Outcome.Kind || !whole && j.Outcome.Kind == trace.OutcomeUnseen) && subsequence(j.Outcome.Steps, o.steps)
			})
			if i < 0 {
				complain("#%d %s %+v: no packet was on no interface", j.ID, j.Summary, j.Outcome)
				continue
			}
			if f = b.fates[i]; !whole {
				continue // which one, cannot be told
			}
		}
		owner[j.ID] = f
		of[f] = append(of[f], j)
	}
	for p := range kept {
		if p.kind == aFrame && hopsOf[p.frame] != 1 {
			complain("frame %d of packet %d is in %d hops", p.frame, p.fate.number, hopsOf[p.frame])
		}
	}
	flows := map[int]*conversation{}
	for i := range journeys {
		j := &journeys[i]
		f := owner[j.ID]
		if f == nil {
			continue
		}
		if k := f.conn; k != nil && f.steps != nil && k.known && !f.isError(j) {
			if o, ok := flows[j.Flow]; ok && o != k && unflagged(j) {
				complain("#%d: flow %d is of entries %d and %d", j.ID, j.Flow, o.ID, k.ID)
			}
			flows[j.Flow] = k
		}
		var steps []trace.Step
		prev := -1
		for n := range j.Hops {
			h := &j.Hops[n]
			certain := len(h.Ambiguous) == 0 && !h.Doubtful
			if len(h.Ambiguous) == 0 {
				at := slices.Index(f.frames, h.Frame)
				if at < prev {
					complain("#%d: hop %d at %s/%s is out of order", j.ID, n+1, h.Node, h.Interface)
				}
				prev = at
			}
			if !certain || n > 0 && len(j.Hops[n-1].Ambiguous) > 0 {
				continue
			}
			steps = append(steps, h.Steps...)
			for _, ch := range h.Changes {
				if s := b.wrongChange(f, &ch, owner, whole); s != "" {
					complain("#%d %s at %s/%s (packet %d, evidence %s): %+v: %s", j.ID, j.Summary, h.Node, h.Interface, f.number, h.Evidence, ch, s)
				}
			}
			if h.Conntrack != nil && f.conn != nil && h.Node == "host" && h.Conntrack.Entry != f.conn.ID {
				complain("#%d: entry %d, but it is %d", j.ID, h.Conntrack.Entry, f.conn.ID)
			}
		}
		if unflagged(j) {
			steps = append(steps, j.Outcome.Steps...)
			if !subsequence(steps, f.steps) {
				complain("#%d %s (packet %d): steps\n%+v\n are not of\n%+v", j.ID, j.Summary, f.number, steps, f.steps)
			}
			switch o := j.Outcome; o.Kind {
			case trace.OutcomeDropped:
				if f.outcome != trace.OutcomeDropped || o.Hook.String() != f.hook || o.Rule.Handle != f.rule {
					complain("#%d (packet %d): %+v, but %s at %s by %d", j.ID, f.number, o, f.outcome, f.hook, f.rule)
				}
			case trace.OutcomeDelivered:
				if many := len(j.Hops) > 0 && j.Hops[0].Packet.DstMAC == everyone; f.outcome != trace.OutcomeDelivered || o.Node != f.node && !many {
					complain("#%d (packet %d) delivered to %s, but %s at %s", j.ID, f.number, o.Node, f.outcome, f.node)
				}
			}
		}
		if whole && (len(of[f]) != 1 || j.Outcome.Kind != f.outcome || len(j.Hops) != len(f.frames) || len(steps) != len(f.steps)) {
			complain("packet %d: %d journeys; %d hops of %d, %d steps of %d, %s not %s", f.number, len(of[f]), len(j.Hops), len(f.frames), len(steps), len(f.steps), j.Outcome.Kind, f.outcome)
		}
		if whole && !unflagged(j) {
			complain("#%d (packet %d) is ambiguous or doubtful", j.ID, f.number)
		}
	}
	if whole && len(of) != len(b.fates) {
		complain("%d packets, %d of them found", len(b.fates), len(of))
	}
	return wrong
}

func (f *fate) isError(j *trace.Journey) bool {
	return len(j.Hops) > 0 && j.Hops[0].Packet.ICMP.Type == 3
}

func unflagged(j *trace.Journey) bool {
	return !slices.ContainsFunc(j.Hops, func(h trace.Hop) bool { return h.Doubtful || len(h.Ambiguous) > 0 })
}

// subsequence reports whether all steps are in a list, in its order.
func subsequence(steps, list []trace.Step) bool {
	for _, s := range steps {
		i := slices.IndexFunc(list, func(o trace.Step) bool {
			return o.Hook == s.Hook && o.Table == s.Table && o.Chain == s.Chain && o.Handle == s.Handle && o.Verdict == s.Verdict && o.Terminal == s.Terminal
		})
		if i < 0 {
			return false
		}
		list = list[i+1:]
	}
	return true
}

func (b *bed) wrongChange(f *fate, c *trace.Change, owner map[int]*fate, whole bool) string {
	k := c.Cause
	switch c.Field {
	case trace.FieldTTL:
		if c.From != trace.TTL(64) || c.To != trace.TTL(63) || c.Hook != 0 || k.Kind != trace.CauseRouting && (whole || k.Kind != trace.CauseInferred) {
			return "wrong ttl"
		}
		return ""
	case trace.FieldSourceMAC, trace.FieldDestinationMAC:
		if k.Kind != trace.CauseNeighbour && (whole || k.Kind != trace.CauseInferred) {
			return "wrong hardware address"
		}
		return ""
	}
	var t *truth
	for i := range f.changes {
		if f.changes[i].field == c.Field && (c.Field == trace.FieldICMPID || f.changes[i].from == c.From.String() && f.changes[i].to == c.To.String()) {
			t = &f.changes[i]
		}
	}
	if t == nil {
		return fmt.Sprintf("it did not happen: %+v", f.changes)
	}
	if c.Hook != 0 && c.Hook.String() != t.hook {
		return "the hook is " + t.hook
	}
	switch k.Kind {
	case trace.CauseRule:
		if t.kind != trace.CauseRule || k.Rule.Handle != t.rule {
			return fmt.Sprintf("the truth is %+v", *t)
		}
		if k.Entry != 0 && k.Entry != f.conn.ID {
			return "another entry"
		}
	case trace.CauseConntrack:
		// The rule chose, and the entry did it: true of the first packet as well.
		if k.Entry != f.conn.ID || k.Reverse != f.reply || k.Translation != f.conn.translation && k.Translation != trace.SNAT || whole && t.kind != trace.CauseConntrack {
			return fmt.Sprintf("the truth is %+v of entry %d, %s", *t, f.conn.ID, f.conn.translation)
		}
		if e := k.Origin.Journey; e != 0 && owner[e] != f.conn.first && (owner[e] == nil || f.conn.first.twin == 0 || owner[e].twin != f.conn.first.twin) {
			return fmt.Sprintf("established by #%d, which is not packet %d", e, f.conn.first.number)
		} else if whole && e == 0 {
			return "nobody established it"
		}
	case trace.CauseInferred:
		if whole && !f.quotes() {
			return "it is inferred"
		}
	}
	return ""
}

// quotes reports whether the packet is an ICMP error; who translated that is not
// known to the correlator, since the packet has no tuple of its own.
func (f *fate) quotes() bool { return f.twin == -1 }
