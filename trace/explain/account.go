package explain

import "tracer/trace"

// Account tells a trace in one language.
type Account struct {
	Language
	Signs
	trace *trace.Trace
	first trace.Firsts
	told  origins // by Journey
}

// origins are those told already: they are long.
type origins map[origin]bool

type origin struct {
	trace.Origin
	reverse bool
}

// Account returns the account of a trace.
func (l Language) Account(t *trace.Trace, s Signs) *Account {
	return &Account{Language: l, Signs: s, trace: t, first: t.Firsts(), told: origins{}}
}

// Journey tells a packet's whole way, for a list of packets one after the other: what is
// long is told only of the first.
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
		rows = append(rows, a.stop(j, stop, a.told)...)
	}
	return rows
}

// Stop tells what happened on the way to a stop.
func (a *Account) Stop(j *trace.Journey, stop int) []Row { return a.stop(j, stop, origins{}) }

// Stops is how many stops a packet's way has: its hops, and the end, unless it just
// arrived at the last of them.
func Stops(j *trace.Journey) int {
	if o := &j.Outcome; o.Lost() || len(o.Steps) > 0 || len(o.Changes) > 0 || len(j.Hops) == 0 {
		return len(j.Hops) + 1
	}
	return len(j.Hops)
}

func (a *Account) stop(j *trace.Journey, stop int, told origins) []Row {
	t := telling{Account: a, journey: j, stop: stop, told: told, node: j.Outcome.Node}
	if stop < len(j.Hops) {
		t.hop(&j.Hops[stop])
	} else {
		t.end(&j.Outcome)
	}
	return t.rows.ordered()
}
