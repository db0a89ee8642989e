package outline

import (
	"tracer/trace"
	"tracer/trace/explain"
)

// Facts is what lists need to know about a whole trace.
type Facts struct {
	Trace   *trace.Trace
	Firsts  trace.Firsts
	Repeats map[int]int           // by number: the packet that a packet retransmits
	Focus   map[int][]trace.Focus // by number: the places that the lesson is about

	alike    []bool       // see trace.Trace.Alike
	refusals map[int]bool // by number: the answers to packets for which no socket listened
	begins   []int        // by request: the index of the first packet of it or of a later one
	sent     []bool       // by request: whether a packet of it was seen
}

// Know returns the facts about a trace.
func Know(t *trace.Trace) *Facts {
	repeats := t.Retransmissions()
	f := &Facts{
		Trace: t, Firsts: t.Firsts(), Repeats: repeats, Focus: map[int][]trace.Focus{},
		alike: t.Alike(repeats), refusals: map[int]bool{}, sent: make([]bool, len(t.Answers)+1),
	}
	if t.Lesson != nil {
		for _, at := range t.Lesson.Focus {
			f.Focus[at.Journey] = append(f.Focus[at.Journey], at)
		}
	}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if o := &j.Outcome; o.Reason == trace.ReasonNoListener && o.ReportedBy != 0 {
			f.refusals[o.ReportedBy] = true
		}
		for len(f.begins) <= min(j.Request, len(t.Answers)+1) {
			f.begins = append(f.begins, i)
		}
		if f.headed(j.Request) {
			f.sent[j.Request] = true
		}
	}
	return f
}

// headed reports whether a number is that of a request.
func (f *Facts) headed(request int) bool { return 0 < request && request <= len(f.Trace.Answers) }

// Begins returns the index of the packet with which a request has begun: its first one, or the
// first one of a later request. It returns the number of packets if there is none.
func (f *Facts) Begins(request int) int {
	if request < len(f.begins) {
		return f.begins[request]
	}
	return len(f.Trace.Journeys)
}

// Turns returns the turning points of a packet, in order. folded says that it is listed only as
// a part of a run: then only what the lesson is about is new.
func (f *Facts) Turns(j *trace.Journey, folded bool) []explain.Place {
	if folded {
		return explain.Places(j, f.Focus[j.ID])
	}
	return explain.Turns(j, f.Focus[j.ID], f.Trace.Continues(j, f.Firsts) || f.refusals[j.ID])
}
