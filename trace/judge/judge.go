package judge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tracer/trace"
)

// Class is a kind of statement that can be false.
type Class string

// The classes of false statements.
const (
	WrongCapture   Class = "capture"   // a frame is missing, or its bytes are not those on the wire
	SplitPacket    Class = "split"     // one packet, several journeys
	MixedPackets   Class = "mixed"     // several packets, one journey
	WrongAmbiguity Class = "ambiguity" // different packets are called equal
	WrongSummary   Class = "summary"   // a packet is summarized wrongly
	WrongFlow      Class = "flow"      // a flow of several connections, or the wrong direction
	WrongCount     Class = "count"     // the matches of a rule differ from its packet counter
	WrongCause     Class = "cause"     // a cause that cannot have made the change
	WrongEntry     Class = "entry"     // a conntrack entry that is not the packet's
	WrongFate      Class = "fate"      // the packet ended differently
	WrongSum       Class = "sum"       // the fates do not add up to the kernel's counters
	WrongRoute     Class = "route"     // the kernel chose another one
	WrongNeighbour Class = "neighbour" // another next hop
	WrongChange    Class = "change"    // an unreported difference, or a change that did not happen
	WrongReport    Class = "report"    // an ICMP error or reset that is about something else
	WrongSegments  Class = "segments"  // these are not the segments of the divided packet
	WrongUnmatched Class = "unmatched" // a rule that was not evaluated, or that matched
	WrongElement   Class = "element"   // an element of a map that did not give the verdict
	WrongOrder     Class = "order"     // a packet was at a place earlier than at the previous one
	WrongTime      Class = "time"      // a clock correction that is not needed, or a wrong time
	WrongSurvey    Class = "survey"    // a statement about all packets together
)

// Finding is a false statement.
type Finding struct {
	Class Class
	Text  string
}

// Verdict is the judge's result for a trace.
type Verdict struct {
	False   []Finding
	Unknown map[string]int // what the trace admits not to know, by kind
	Stated  map[string]int // what it states, by kind
}

// Classes sorts the false statements.
func (v *Verdict) Classes() map[Class][]string {
	out := map[Class][]string{}
	for _, f := range v.False {
		out[f.Class] = append(out[f.Class], f.Text)
	}
	return out
}

// judging is the state of judging one trace.
type judging struct {
	*Evidence
	*Verdict
	trace   *trace.Trace
	packets map[Key]*packet
	frames  map[int]*Sighting // the judge's own sighting of each of the trace's frames
	earlier map[string]int    // by node: frames seen before the recording began, which counters may include
	keys    map[*Sighting]Key
	streams *streams
	end     time.Time // of the recording: its last frame

	captured map[Port]bool // the interfaces with capture files; nil for a recording, which covers all
}

// begin judges what any trace states: which sightings are one packet, and which packets one
// flow. captured are the interfaces of capture files; nil if the trace is a recording.
func begin(t *trace.Trace, e *Evidence, captured map[Port]bool) *judging {
	j := &judging{Evidence: e, trace: t, Verdict: &Verdict{Unknown: map[string]int{}, Stated: map[string]int{}}, captured: captured}
	j.identify()
	j.matchFrames()
	j.journeys()
	j.flows()
	return j
}

// Judge compares a trace with the evidence.
func Judge(t *trace.Trace, e *Evidence) *Verdict {
	j := begin(t, e, nil)
	j.counts()
	j.sums()
	for i := range t.Journeys {
		p := &t.Journeys[i]
		j.changes(p)
		j.causes(p)
		j.routes(p)
		j.fate(p)
		j.segments(p)
		j.report(p)
		j.unmatched(p)
		j.elements(p)
	}
	return j.Verdict
}

func (j *judging) wrong(class Class, format string, args ...any) {
	j.False = append(j.False, Finding{class, fmt.Sprintf(format, args...)})
}

// gaps reports whether the trace admits that evidence is missing.
func (j *judging) gaps() bool {
	g := j.trace.Gaps
	return g.Lost+g.Steps+g.Untraced+g.Events+g.Unkept > 0
}

// name returns what a finding calls a journey.
func (j *judging) name(p *trace.Journey) string {
	var key Key
	if s := j.sighting(p, 0); s != nil {
		key = j.keys[s]
	}
	return fmt.Sprintf("#%d %s [%s]", p.ID, p.Summary, key)
}

// sighting returns the judge's own sighting of a journey's hop, or nil.
func (j *judging) sighting(p *trace.Journey, hop int) *Sighting {
	if hop < 0 || hop >= len(p.Hops) {
		return nil
	}
	return j.frames[p.Hops[hop].Frame]
}

// ambiguous reports whether a journey admits that a hop may be of another packet.
func ambiguous(p *trace.Journey) bool {
	return slices.ContainsFunc(p.Hops, func(h trace.Hop) bool { return len(h.Ambiguous) > 0 })
}

// path returns a journey's hops in short.
func path(p *trace.Journey) string {
	var b strings.Builder
	for i := range p.Hops {
		h := &p.Hops[i]
		fmt.Fprintf(&b, " %s %s %s>%s;", h.Place(), h.Direction, h.Packet.Source(), h.Packet.Destination())
	}
	fmt.Fprintf(&b, " %s at %s, reason %s", p.Outcome.Kind, p.Outcome.Node, p.Outcome.Reason)
	if p.Outcome.Rule.Chain != "" {
		fmt.Fprintf(&b, " (%s)", p.Outcome.Rule)
	}
	return b.String()
}
