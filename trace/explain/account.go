package explain

import (
	"slices"

	"tracer/trace"
)

// Account describes a trace in one language. It fills maps on demand, so it is not safe for
// concurrent use.
type Account struct {
	Language
	Signs
	trace    *trace.Trace
	first    trace.Firsts
	shown    origins // already described by Journey
	complete bool
	numbers  map[int]*trace.Journey // built on demand: see index
	unsent   map[string]int         // likewise: see ownDropped
	wholes   map[int]int            // by segment: the number of the whole packet
	unheard  map[int]int            // by ICMP error or reset: the packet for which no socket listened
}

// origins are those already described. They are long, so each is described only once.
type origins map[origin]bool

type origin struct {
	trace.Origin
	reverse bool
}

// Account returns the account of a trace.
func (l Language) Account(t *trace.Trace, s Signs) *Account {
	return &Account{Language: l, Signs: s, trace: t, first: t.Firsts(), shown: origins{}, complete: complete(t)}
}

// Complete reports whether nothing is missing from the trace: no frame, event or rule step
// was lost, and each belongs to a certain packet. Background packets do not count.
func (a *Account) Complete() bool { return a.complete }

func complete(t *trace.Trace) bool {
	if t.Gaps != (trace.Gaps{}) {
		return false
	}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if j.Background() { // these are not counted, either
			continue
		}
		if j.Outcome.Reason == trace.ReasonNotTraced || slices.ContainsFunc(j.Hops, func(h trace.Hop) bool {
			return len(h.Ambiguous) > 0 || h.Doubtful || routed(&h) && h.Evidence != trace.EvidenceTrace
		}) {
			return false
		}
	}
	return true
}

// journey returns the packet with a number, or nil.
func (a *Account) journey(id int) *trace.Journey {
	a.index()
	return a.numbers[id]
}

// whole returns the number of the packet of which a journey's packet is a segment, or 0.
func (a *Account) whole(j *trace.Journey) int {
	a.index()
	return a.wholes[j.ID]
}

// refused returns the packet for which no socket listened and which a journey's packet
// answers, or nil.
func (a *Account) refused(j *trace.Journey) *trace.Journey {
	a.index()
	return a.numbers[a.unheard[j.ID]]
}

func (a *Account) index() {
	if a.numbers != nil {
		return
	}
	a.numbers, a.wholes, a.unheard = make(map[int]*trace.Journey, len(a.trace.Journeys)), map[int]int{}, map[int]int{}
	for i := range a.trace.Journeys {
		j := &a.trace.Journeys[i]
		a.numbers[j.ID] = j
		for _, id := range j.Outcome.Segments {
			a.wholes[id] = j.ID
		}
		if o := &j.Outcome; o.Reason == trace.ReasonNoListener && o.ReportedBy != 0 {
			a.unheard[o.ReportedBy] = j.ID
		}
	}
}

// Journey describes the complete path of a packet. A translation's origin is long, so it
// is described only for the first packet it affects.
func (a *Account) Journey(j *trace.Journey) []Row {
	direction := original
	if j.Direction == trace.Reply {
		direction = reply
	}
	from, to := a.ends(j)
	rows := []Row{{
		Kind: KindPacket, Level: Brief, Node: from,
		Text: a.packet(j.ID) + "  " + j.Summary, Note: a.Format(between, a.Format(direction), from, to, a.Arrow),
	}}
	for stop := range Stops(j) {
		rows = append(rows, a.stop(j, stop, a.shown)...)
	}
	return rows
}

// ends names the nodes that sent and received a packet.
func (a *Account) ends(j *trace.Journey) (from, to string) {
	from, to = j.Outcome.Node, a.Format(unknownEnd)
	if len(j.Hops) > 0 {
		from = j.Hops[0].Node
		if r := a.Receiver(j); r != "" {
			to = r
		}
	}
	return from, to
}

// Ends names the nodes that sent and received a packet: "client → flask".
func (a *Account) Ends(j *trace.Journey) string {
	from, to := a.ends(j)
	return from + " " + a.Arrow + " " + to
}

// Stop describes what happened on the way to a stop.
func (a *Account) Stop(j *trace.Journey, stop int) []Row { return a.stop(j, stop, origins{}) }

// Stops returns the number of stops on a packet's path: its hops, and its end unless the
// last hop says everything about it.
func Stops(j *trace.Journey) int {
	o := &j.Outcome
	told := o.Lost() || o.Kind == trace.OutcomeSegmented || o.Reason == trace.ReasonNoListener || o.Conntrack != nil && o.Conntrack.Created
	if told || len(o.Steps) > 0 || len(o.Changes) > 0 || len(j.Hops) == 0 {
		return len(j.Hops) + 1
	}
	return len(j.Hops)
}

func (a *Account) stop(j *trace.Journey, stop int, shown origins) []Row {
	t := telling{Account: a, journey: j, stop: stop, shown: shown, node: j.Outcome.Node}
	if path := j.Path(); t.node == "" && len(path) > 0 {
		t.node = path[len(path)-1].Node
	}
	if stop < len(j.Hops) {
		t.hop(&j.Hops[stop])
	} else {
		t.end(&j.Outcome)
	}
	return t.rows
}
