package reveal

import (
	"slices"

	"tracer/trace"
)

// forget removes from a journey what refers to packets to come.
func (m *mask) forget(j *trace.Journey) {
	o := &j.Outcome
	if !m.reached(j.ID, o.ReportedBy) {
		unreported(o)
	}
	for i := range o.Changes {
		if !m.reached(j.ID, o.Changes[i].Cause.Origin.Journey) {
			o.Changes = slices.Clone(o.Changes)
			o.Changes[i].Cause.Origin.Journey = 0
		}
	}
	cloned := false
	own := func() {
		if !cloned {
			j.Hops, cloned = slices.Clone(j.Hops), true
		}
	}
	for i := range j.Hops {
		for k := range j.Hops[i].Changes {
			if !m.reached(j.ID, j.Hops[i].Changes[k].Cause.Origin.Journey) {
				own()
				j.Hops[i].Changes = slices.Clone(j.Hops[i].Changes)
				j.Hops[i].Changes[k].Cause.Origin.Journey = 0
			}
		}
		if known, later := m.rivals(j.ID, j.Hops[i].Ambiguous); later {
			own()
			j.Hops[i].Ambiguous = known
		}
	}
}

// unreported returns an outcome to what was known of it before the packet was reported (see
// [trace.Trace.LinkReports]).
func unreported(o *trace.Outcome) {
	o.ReportedBy = 0
	switch o.Reason {
	case trace.ReasonNoListener:
		o.Reason = 0
	case trace.ReasonNoNeighbour:
		o.Kind = trace.OutcomeUnseen
	case trace.ReasonReassembly:
		o.Kind, o.Reason = trace.OutcomeUnseen, 0
	}
}

// rivals returns the other packets that a sighting may belong to, with 0 for those to come:
// the sighting is ambiguous in any case. later reports whether there are any.
func (m *mask) rivals(id int, all []int) (known []int, later bool) {
	for _, r := range all {
		switch {
		case m.reached(id, r):
			known = append(known, r)
		case !later:
			later = true
		}
	}
	if later {
		known = append(known, 0)
	}
	return known, later
}
