package explain

import (
	"slices"

	"tracer/trace"
)

// Event is one thing worth telling of the way between two hops. One of its
// parts is set.
type Event struct {
	Step    *trace.Step     // a rule that decided, or led to where it was decided
	Detour  []trace.Step    // the jumps to chains that decided nothing
	Within  []*trace.Step   // of a detour: the steps there that came after rules that did not match
	Changes []*trace.Change // what changed; both hardware addresses come as one
	NoNAT   bool            // the packet was translated, and met no nat rule
}

// Events tells what happened on the way to a hop, or after the last one, in
// the order in which it happened: rules as they were met, each change after
// the rule that made it, or else where it was made. complete is whether no
// message of the rule trace was lost: only then can it be said that something
// did not happen.
func Events(steps []trace.Step, changes []trace.Change, complete bool) []Event {
	var out []Event
	told := make([]bool, len(changes))
	tell := func(i int) {
		told[i] = true
		out = append(out, Event{Changes: []*trace.Change{&changes[i]}})
	}
	if complete && len(steps) > 0 && translatedWithoutRule(steps, changes) {
		out = append(out, Event{NoNAT: true})
	}
	folded := fold(steps)
	for r := rankFirst; r <= rankLast; r++ {
		for _, e := range folded {
			if e.rank() != r {
				continue
			}
			if r == rankFirst && e.table() == "filter" {
				// nat comes before filter at output, and so does conntrack's work.
				for i := range changes {
					if !told[i] && changes[i].Cause.Kind == trace.CauseConntrack && rankOf(&changes[i]) == r {
						tell(i)
					}
				}
			}
			out = append(out, e)
			for i := range changes {
				if !told[i] && e.Step != nil && made(e.Step, &changes[i]) {
					tell(i)
				}
			}
		}
		for i := range changes {
			if !told[i] && rankOf(&changes[i]) == r && r != rankLink {
				tell(i)
			}
		}
		if r == rankLink {
			out = append(out, link(changes)...)
		}
	}
	return out
}

// The order of things on the way through a node.
const (
	rankFirst = iota // prerouting, output
	rankRoute        // the routing decision
	rankFilter
	rankLastHook // postrouting
	rankLink     // the new link header
	rankLast     = rankLink
)

func rankOfHook(hook trace.Hook) int {
	switch hook {
	case trace.Input, trace.Forward:
		return rankFilter
	case trace.Postrouting:
		return rankLastHook
	}
	return rankFirst
}

func rankOf(c *trace.Change) int {
	switch c.Field {
	case trace.FieldTTL:
		return rankRoute
	case trace.FieldSourceMAC, trace.FieldDestinationMAC:
		return rankLink
	}
	if c.Hook == 0 && c.Field == trace.FieldSource {
		return rankLastHook // where sources are translated, for want of a better place
	}
	return rankOfHook(c.Hook)
}

func (e *Event) rank() int {
	if e.Step != nil {
		return rankOfHook(e.Step.Hook)
	}
	return rankOfHook(e.Detour[0].Hook)
}

func (e *Event) table() string {
	if e.Step != nil {
		return e.Step.Table
	}
	return e.Detour[0].Table
}

// made reports whether a step is the rule that a change names as its cause.
func made(s *trace.Step, c *trace.Change) bool {
	return c.Cause.Kind == trace.CauseRule && s.Handle == c.Cause.Rule.Handle && s.Table == c.Cause.Rule.Table && s.Chain == c.Cause.Rule.Chain
}

// link returns the change of the link header as one event.
func link(changes []trace.Change) []Event {
	var e Event
	for i := range changes {
		if rankOf(&changes[i]) == rankLink {
			e.Changes = append(e.Changes, &changes[i])
		}
	}
	if e.Changes == nil {
		return nil
	}
	return []Event{e}
}

func translatedWithoutRule(steps []trace.Step, changes []trace.Change) bool {
	return slices.ContainsFunc(changes, func(c trace.Change) bool { return c.Cause.Kind == trace.CauseConntrack }) &&
		!slices.ContainsFunc(steps, func(s trace.Step) bool { return s.Table == "nat" })
}

// deepest is how many jumps the kernel makes before it drops a packet
// (NFT_JUMP_STACK_SIZE in linux/netfilter/nf_tables.h).
const deepest = 16

// fold shortens a list of steps without hiding what decided: a jump to a chain
// that returned without a decision becomes part of a detour.
func fold(steps []trace.Step) []Event {
	var out []Event
	var jumps []int // indexes in out of the jumps that were not returned from
	for i := range steps {
		s := &steps[i]
		returned := s.Verdict.Kind == trace.VerdictReturn
		if returned && len(jumps) > 0 {
			// Everything since the jump comes to nothing.
			at := jumps[len(jumps)-1]
			jumps = jumps[:len(jumps)-1]
			within := without(nil, out[at:])
			if len(s.Unmatched) > 0 {
				within = append(within, s)
			}
			out = detoured(out[:at], out[at], within)
			continue
		}
		// What a goto leads to returns to where the last jump came from.
		if s.Verdict.Branches() && len(jumps) < deepest && (len(jumps) == 0 || s.Verdict.Kind == trace.VerdictJump) {
			jumps = append(jumps, len(out))
		}
		if s.Terminal {
			jumps = jumps[:0]
		}
		out = append(out, Event{Step: s})
	}
	return out
}

// detoured adds a jump to the detour at the end of the list, or begins one.
func detoured(out []Event, jump Event, within []*trace.Step) []Event {
	if n := len(out); n > 0 && out[n-1].Detour != nil {
		if last := out[n-1].Detour[0]; last.Hook == jump.Step.Hook && last.Table == jump.Step.Table && last.Chain == jump.Step.Chain {
			out[n-1].Detour = append(out[n-1].Detour, *jump.Step)
			out[n-1].Within = append(out[n-1].Within, within...)
			return out
		}
	}
	return append(out, Event{Detour: []trace.Step{*jump.Step}, Within: within})
}

// without adds the steps of events that came after rules that did not match.
func without(list []*trace.Step, events []Event) []*trace.Step {
	for _, e := range events {
		if e.Step != nil && len(e.Step.Unmatched) > 0 {
			list = append(list, e.Step)
		}
		list = append(list, e.Within...)
	}
	return list
}
