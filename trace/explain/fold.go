package explain

import "tracer/trace"

// visit is a step that decided something or led to a decision, or a detour: jumps to
// chains that returned without a decision.
type visit struct {
	from   int // the index of its first step
	step   *trace.Step
	jumps  []*trace.Step // of a detour
	within []*trace.Step // of a detour: its steps that follow unmatched rules
}

// first returns the step that represents the visit.
func (v *visit) first() *trace.Step {
	if v.step != nil {
		return v.step
	}
	return v.jumps[0]
}

// deepest is how deep the kernel nests jumps before it drops a packet (NFT_JUMP_STACK_SIZE
// in linux/netfilter/nf_tables.h).
const deepest = 16

// fold shortens a list of steps without hiding decisions: a jump to a chain that returned
// without a decision becomes part of a detour.
func fold(steps []trace.Step) []visit {
	var out []visit
	var jumps []int // indexes in out of the jumps that have not returned
	for i := range steps {
		s := &steps[i]
		if s.Verdict.Kind == trace.VerdictReturn && len(jumps) > 0 {
			at := jumps[len(jumps)-1]
			jumps = jumps[:len(jumps)-1]
			if exempts(s) {
				out = append(out, visit{from: i, step: s})
				continue
			}
			// Nothing since the jump had an effect.
			within := unmatchedBefore(out[at:])
			if len(s.Unmatched) > 0 {
				within = append(within, s)
			}
			out = addDetour(out[:at], out[at], within)
			continue
		}
		// A chain reached by goto returns to the caller of the last jump.
		if s.Verdict.Branches() && len(jumps) < deepest && (len(jumps) == 0 || s.Verdict.Kind == trace.VerdictJump) {
			jumps = append(jumps, len(out))
		}
		if s.Terminal {
			jumps = jumps[:0]
		}
		out = append(out, visit{from: i, step: s})
	}
	return out
}

// exempts reports whether a step returns from a nat chain by a rule. Such a rule decides: it
// keeps the packet from being translated by those after it.
func exempts(s *trace.Step) bool {
	return trace.TableOf(s.Table) == "nat" && s.Handle != 0 && s.Verdict.Kind == trace.VerdictReturn
}

// addDetour adds a jump to the detour at the end of the list, or starts a new one.
func addDetour(out []visit, v visit, within []*trace.Step) []visit {
	jump := v.step
	if n := len(out); n > 0 && out[n-1].jumps != nil {
		last := &out[n-1]
		if f := last.jumps[0]; f.Hook == jump.Hook && f.Table == jump.Table && f.Chain == jump.Chain {
			last.jumps, last.within = append(last.jumps, jump), append(last.within, within...)
			return out
		}
	}
	return append(out, visit{from: v.from, jumps: []*trace.Step{jump}, within: within})
}

// unmatchedBefore lists the steps of visits that follow unmatched rules.
func unmatchedBefore(list []visit) (steps []*trace.Step) {
	for i := range list {
		if s := list[i].step; s != nil && len(s.Unmatched) > 0 {
			steps = append(steps, s)
		}
		steps = append(steps, list[i].within...)
	}
	return steps
}
