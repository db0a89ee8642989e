package live

import "tracer/trace"

// gapsOf returns the gaps of a trace that a quiet network leaves none of: all but the
// ambiguity of multicast reports (see onlyReports).
func gapsOf(t *trace.Trace) trace.Gaps {
	gaps := t.Gaps
	if onlyReports(t) {
		gaps.Ambiguous = 0
	}
	return gaps
}

// onlyReports reports whether only background traffic is ambiguous: multicast reports that
// a node sends while its bridge's ports come up, one after the other. It repeats them at
// random intervals, identical in every byte. If the first leaves through some of the
// ports, and the second soon afterward through all, nothing shows which of the two left
// through the last port:
//
//	docker0 ─┬─ veth1   report 1, report 2
//	         ├─ veth2   report 1, report 2
//	         └─ veth3   (down)    report 2, or was this 1?
func onlyReports(t *trace.Trace) bool {
	for i := range t.Journeys {
		j := &t.Journeys[i]
		for _, h := range j.Hops {
			if (h.Doubtful || len(h.Ambiguous) > 0) && !j.Background() {
				return false
			}
			for _, id := range h.Ambiguous {
				if other := t.Journey(id); other == nil || !other.Background() {
					return false
				}
			}
		}
	}
	return true
}
