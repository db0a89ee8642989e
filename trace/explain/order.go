package explain

import (
	"cmp"
	"math"

	"tracer/trace"
)

// rank is a place in the kernel's order between two hops: the stage, and within a hook the
// priority.
type rank struct {
	stage    stage
	priority int
}

type stage int

const (
	firstHook stage = iota // prerouting, output
	routing
	middleHook // input, forward
	lastHook   // postrouting
	unplaced   // somewhere before this hop, position unknown
	linkHeader
	stages
)

// least is the priority of a hook itself: the packet reaches it before any of its chains.
const least = math.MinInt

func (r rank) compare(o rank) int {
	return cmp.Or(cmp.Compare(r.stage, o.stage), cmp.Compare(r.priority, o.priority))
}

func stageOf(h trace.Hook) stage {
	switch h {
	case trace.Input, trace.Forward:
		return middleHook
	case trace.Postrouting:
		return lastHook
	}
	return firstHook
}

// priority returns the priority of the base chain that a step belongs to.
func priority(s *trace.Step) int {
	if p, known := trace.TablePriority(s.Hook, trace.TableOf(s.Table)); known {
		return p
	}
	return s.Priority
}

// changeRank returns the place of a change that no rule in the trace made.
func changeRank(c *trace.Change) rank {
	switch c.Field {
	case trace.FieldTTL:
		return rank{stage: routing}
	case trace.FieldSourceMAC, trace.FieldDestinationMAC:
		return rank{stage: linkHeader}
	}
	hook := c.Hook
	switch {
	case !c.Field.Translated() && hook == 0:
		return rank{stage: unplaced}
	case !c.Field.Translated():
		return rank{stageOf(hook), trace.PriorityMangle} // most such rules are there
	}
	if hook == 0 && c.Field == trace.FieldSource {
		hook = trace.Postrouting // a guess: most sources are translated there
	}
	p, _ := trace.TablePriority(hook, "nat")
	return rank{stageOf(hook), p}
}
