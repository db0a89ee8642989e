package explain

import (
	"cmp"
	"slices"

	"tracer/trace"
)

// rank is a place in the order in which the kernel does things between two hops: the
// stage, and within a hook the priority.
type rank struct {
	stage    stage
	priority int
}

type stage int

const (
	departure stage = iota
	firstHook       // prerouting, output
	routing
	middleHook // input, forward
	lastHook   // postrouting
	linkHeader
	arrival
)

func stageOf(h trace.Hook) stage {
	switch h {
	case trace.Input, trace.Forward:
		return middleHook
	case trace.Postrouting:
		return lastHook
	}
	return firstHook
}

// The priorities of tables (include/uapi/linux/netfilter_ipv4.h). Destinations are
// translated before filter, sources after it.
var priorities = map[string]int{"raw": -300, "mangle": -150, "filter": 0, "security": 50}

const natDestination, natSource = -100, 100

// priority is that of a table at a hook; that of a table of somebody else's is the lowest.
func priority(h trace.Hook, table string) int {
	if table == "nat" {
		if h == trace.Postrouting || h == trace.Input {
			return natSource
		}
		return natDestination
	}
	if p, known := priorities[table]; known {
		return p
	}
	return -1000
}

// changeRank is where a change is made that no rule in the trace made.
func changeRank(c *trace.Change) rank {
	switch c.Field {
	case trace.FieldTTL:
		return rank{stage: routing}
	case trace.FieldSourceMAC, trace.FieldDestinationMAC:
		return rank{stage: linkHeader}
	}
	hook := c.Hook
	if hook == 0 && c.Field == trace.FieldSource {
		hook = trace.Postrouting // where sources are translated, for want of a better place
	}
	return rank{stageOf(hook), priority(hook, "nat")}
}

// draft is rows on their way into order.
type draft []ranked

type ranked struct {
	rank
	Row
}

func (d *draft) add(at rank, rows ...Row) {
	for _, r := range rows {
		*d = append(*d, ranked{at, r})
	}
}

// ordered sorts by rank. What has the same rank stays in the order in which it was added.
func (d draft) ordered() []Row {
	slices.SortStableFunc(d, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.stage, b.stage), cmp.Compare(a.priority, b.priority))
	})
	rows := make([]Row, len(d))
	for i := range d {
		rows[i] = d[i].Row
	}
	return rows
}
