package explain

import "tracer/trace"

// Account words a trace in one language.
type Account struct {
	Language
	Signs
	trace *trace.Trace
	first trace.Firsts
	shown origins // by Journey
}

// origins are those already in the account; each is long, and needed once.
type origins map[origin]bool

type origin struct {
	trace.Origin
	reverse bool
}

// Account returns the account of a trace.
func (l Language) Account(t *trace.Trace, s Signs) *Account {
	return &Account{Language: l, Signs: s, trace: t, first: t.Firsts(), shown: origins{}}
}

// Journey returns the rows of a packet's whole way, for a list of packets: the rule behind a
// translation appears with the first packet only.
func (a *Account) Journey(j *trace.Journey) []Row {
	direction := original
	if j.Direction == trace.Reply {
		direction = reply
	}
	from, to := j.Outcome.Node, a.Format(unknownEnd)
	if len(j.Hops) > 0 {
		from = j.Hops[0].Node
		if r := a.Receiver(j); r != "" {
			to = r
		}
	}
	rows := []Row{{
		Kind: KindPacket, Level: Brief, Node: from,
		Text: a.packet(j.ID) + "  " + j.Summary, Note: a.Format(between, a.Format(direction), from, to, a.Arrow),
	}}
	for stop := range Stops(j) {
		rows = append(rows, a.stop(j, stop, a.shown)...)
	}
	return rows
}

// Stop returns the rows of what happened on the way to a stop.
func (a *Account) Stop(j *trace.Journey, stop int) []Row { return a.stop(j, stop, origins{}) }

// Stops is how many stops a packet's way has: its hops, and the end, unless it just
// arrived at the last of them.
func Stops(j *trace.Journey) int {
	if o := &j.Outcome; o.Lost() || len(o.Steps) > 0 || len(o.Changes) > 0 || len(j.Hops) == 0 {
		return len(j.Hops) + 1
	}
	return len(j.Hops)
}

func (a *Account) stop(j *trace.Journey, stop int, shown origins) []Row {
	t := telling{Account: a, journey: j, stop: stop, shown: shown, node: j.Outcome.Node}
	if stop < len(j.Hops) {
		t.hop(&j.Hops[stop])
	} else {
		t.end(&j.Outcome)
	}
	return t.rows.ordered()
}
