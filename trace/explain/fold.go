package explain

import "tracer/trace"

// visit is a step that decided something or led there; or else a detour: jumps to chains
// that returned without a decision.
type visit struct {
	step   *trace.Step
	jumps  []*trace.Step // of a detour
	within []*trace.Step // of a detour: the steps there that came after unmatched rules
}

// first is the step that stands for the visit.
func (v *visit) first() *trace.Step {
	if v.step != nil {
		return v.step
	}
	return v.jumps[0]
}

// deepest is how many jumps the kernel makes before it drops a packet
// (NFT_JUMP_STACK_SIZE in linux/netfilter/nf_tables.h).
const deepest = 16

// fold shortens a list of steps without hiding what decided: a jump to a chain that
// returned without a decision becomes part of a detour.
func fold(steps []trace.Step) []visit {
	var out []visit
	var jumps []int // indexes in out of the jumps that were not returned from
	for i := range steps {
		s := &steps[i]
		if s.Verdict.Kind == trace.VerdictReturn && len(jumps) > 0 {
			// Everything since the jump comes to nothing.
			at := jumps[len(jumps)-1]
			jumps = jumps[:len(jumps)-1]
			within := unmatchedBefore(out[at:])
			if len(s.Unmatched) > 0 {
				within = append(within, s)
			}
			out = addDetour(out[:at], out[at].step, within)
			continue
		}
		// What a goto leads to returns to where the last jump came from.
		if s.Verdict.Branches() && len(jumps) < deepest && (len(jumps) == 0 || s.Verdict.Kind == trace.VerdictJump) {
			jumps = append(jumps, len(out))
		}
		if s.Terminal {
			jumps = jumps[:0]
		}
		out = append(out, visit{step: s})
	}
	return out
}

// addDetour adds a jump to the detour at the end of the list, or begins one.
func addDetour(out []visit, jump *trace.Step, within []*trace.Step) []visit {
	if n := len(out); n > 0 && out[n-1].jumps != nil {
		last := &out[n-1]
		if f := last.jumps[0]; f.Hook == jump.Hook && f.Table == jump.Table && f.Chain == jump.Chain {
			last.jumps, last.within = append(last.jumps, jump), append(last.within, within...)
			return out
		}
	}
	return append(out, visit{jumps: []*trace.Step{jump}, within: within})
}

// unmatchedBefore lists the steps of visits that came after unmatched rules.
func unmatchedBefore(list []visit) (steps []*trace.Step) {
	for i := range list {
		if s := list[i].step; s != nil && len(s.Unmatched) > 0 {
			steps = append(steps, s)
		}
		steps = append(steps, list[i].within...)
	}
	return steps
}
