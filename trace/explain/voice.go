package explain

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tracer/trace"
	"tracer/trace/doctor"
	"tracer/trace/escape"
)

// Voice speaks one language.
type Voice struct {
	c *catalogue
	l *[labels]string
	p map[doctor.Feature]prescription
}

// English returns the English voice.
func English() Voice { return Voice{&english, &englishLabels, englishPrescriptions} }

func (v Voice) say(m message, args ...any) string {
	if len(args) == 0 {
		return v.c[m]
	}
	return fmt.Sprintf(v.c[m], args...)
}

// Cause says who made a change.
func (v Voice) Cause(c *trace.Change) string {
	hook := ""
	if c.Hook != 0 {
		hook = v.say(atHook, c.Hook)
	}
	cause := &c.Cause
	switch cause.Kind {
	case trace.CauseRule:
		if cause.Entry != 0 {
			return v.say(byRuleEntry, target(cause.Rule.Text))
		}
		return v.say(byRule, target(cause.Rule.Text))
	case trace.CauseConntrack:
		return v.conntrack(cause, hook)
	case trace.CauseRouting:
		return v.say(byRoute, cause.Route.Short())
	case trace.CauseNeighbour:
		if c.Field == trace.FieldSourceMAC {
			return v.say(byOwnMAC, cause.Interface)
		}
		return v.say(byNeighbour, cause.Neighbour)
	}
	return v.inferred(c)
}

// inferred says what must have happened, by what is left to see.
func (v Voice) inferred(c *trace.Change) string {
	first, kind := v.packet(c.Cause.Origin.Journey), strings.ToUpper(c.Cause.Translation.String())
	if c.Cause.Translation == trace.SNAT {
		kind = v.say(inferredSource)
	}
	switch {
	case c.Cause.Translation != 0 && c.Cause.Reverse:
		return v.say(inferredReverse, kind, first)
	case c.Cause.Translation != 0:
		return v.say(inferredNAT, kind, first)
	case c.Field == trace.FieldSourceMAC, c.Field == trace.FieldDestinationMAC:
		return v.say(inferredLink)
	case c.Field == trace.FieldTTL:
		from, _ := c.From.(trace.TTL)
		if to, _ := c.To.(trace.TTL); from > to+1 {
			return v.say(inferredRouters, from-to)
		}
		return v.say(inferredRouter)
	}
	return v.say(inferred)
}

func (v Voice) conntrack(c *trace.Cause, hook string) string {
	if c.Origin.Rule.Handle == 0 {
		return v.say(byUnknownRule, hook)
	}
	m := byConntrack
	if c.Reverse {
		m = byConntrackReverse
	}
	return v.say(m, hook, strings.ToUpper(c.Translation.String()), v.packet(c.Origin.Journey))
}

func (v Voice) packet(id int) string {
	if id == 0 {
		return v.say(earlierPacket)
	}
	return v.Number(id)
}

// Number names a packet: "#3", or "background 1".
func (v Voice) Number(id int) string {
	if id < 0 {
		return v.say(background, -id)
	}
	return "#" + strconv.Itoa(id)
}

// Origin says which packet met the rule that a connection's translation
// comes from, and the rule in full.
func (v Voice) Origin(o trace.Origin) string {
	return v.say(ruleOf, v.packet(o.Journey), o.Rule.String())
}

// target is the word after -j in a rule's text.
func target(rule string) string {
	_, after, _ := strings.Cut(rule, "-j ")
	word, _, _ := strings.Cut(after, " ")
	return word
}

// Outcome says how a journey ended.
func (v Voice) Outcome(j *trace.Journey) string {
	o := &j.Outcome
	switch o.Kind {
	case trace.OutcomeDelivered:
		return v.say(delivered, o.Node)
	case trace.OutcomeDropped:
		switch o.Reason {
		case trace.ReasonRule:
			return v.say(droppedByRule, o.Node, o.Hook, o.Rule)
		case trace.ReasonNotForwarding:
			if o.Interface != "" {
				return v.say(notForwardedBy, o.Node, o.Interface)
			}
			return v.say(notForwarded, o.Node)
		case trace.ReasonNoRoute:
			return v.say(noRoute, o.Node, o.Destination)
		case trace.ReasonTooBig:
			return v.say(tooBig, o.Node, o.Length, o.Interface, o.MTU)
		case trace.ReasonMartian:
			return v.say(martian, o.Node, o.Destination, o.Interface)
		}
		return v.say(droppedByPolicy, o.Node, o.Hook, o.Rule)
	}
	if len(j.Hops) == 0 {
		return v.say(unseenOutside)
	}
	last := j.Hops[len(j.Hops)-1].Place()
	switch {
	case o.Kind == trace.OutcomeLeft:
		return v.say(leftAt, last)
	case o.Reason == trace.ReasonOthersWentOn:
		return v.say(unseenOthers, last, o.Others.String())
	}
	s := v.say(unseen, last)
	if o.Reason == trace.ReasonCaptureEnded {
		s += v.say(captureEnded)
	}
	return s
}

// Ambiguous says which other packets a sighting may be.
func (v Voice) Ambiguous(ids []int) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = v.packet(id)
	}
	return v.say(ambiguous, strings.Join(names, ", "))
}

// Gaps says what is missing from a trace, a line each; nothing if nothing is.
func (v Voice) Gaps(g trace.Gaps) []string {
	var out []string
	for _, gap := range []struct {
		n uint64
		m message
	}{
		{g.Lost, missedFrames},
		{g.Unkept, unkeptFrames},
		{g.Steps, missedSteps},
		{g.Events, missedEvents},
		{uint64(g.Stray), strayFrames},
		{uint64(g.Undecoded), undecodedFrames},
	} {
		if gap.n > 0 {
			out = append(out, v.say(gap.m, gap.n))
		}
	}
	return out
}

// Answer says what a request got, escaped; of a long answer, how it begins.
func (v Voice) Answer(a trace.Answer) string {
	const most = 60 // characters
	begin, _, _ := strings.Cut(a.Text, "\n")
	if r := []rune(begin); len(r) > most {
		begin = string(r[:most])
	}
	shown := escape.Field(strings.TrimSuffix(begin, "\r"))
	if begin != a.Text {
		shown = v.say(longAnswer, shown, utf8.RuneCountInString(a.Text))
	}
	return v.say(answer, escape.Field(a.From), escape.Field(a.URL), shown)
}

// Since is the time since a packet was first seen.
func (a *Account) Since(j *trace.Journey, h *trace.Hop) string {
	switch d := h.Time.Sub(j.Hops[0].Time); {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("+%d %s", d.Microseconds(), a.Micro)
	case d < 10*time.Second:
		return fmt.Sprintf("+%d ms", d.Milliseconds())
	default:
		return fmt.Sprintf("+%d s", int(d.Seconds()))
	}
}

// HopOf says which hop of which packet a frame is.
func (v Voice) HopOf(j *trace.Journey, hop int) string {
	direction := LabelOriginal
	if j.Direction == trace.Reply {
		direction = LabelReply
	}
	return v.say(hopOf, hop+1, len(j.Hops), v.packet(j.ID), j.Summary, v.Label(direction))
}

// NotFollowed says of a frame that it is of no packet that was followed.
func (v Voice) NotFollowed() string { return v.say(notFollowed) }

// Packets counts packets.
func (v Voice) Packets(n int) string {
	if n == 1 {
		return v.say(onePacket)
	}
	return v.say(packets, n)
}

// Hidden says how many packets a view leaves out.
func (v Voice) Hidden(n int) string {
	if n == 1 {
		return v.say(hiddenOne)
	}
	return v.say(hidden, n)
}

// Receiver names the node that a packet got to, or says that it was for all; it is
// empty where the packet was lost.
func (v Voice) Receiver(j *trace.Journey) string {
	switch {
	case j.Outcome.Lost():
		return ""
	case j.Hops[0].Packet.ToMany():
		return v.say(toAll)
	}
	return j.Outcome.Node
}

// detour says that chains were visited and decided nothing.
func (v Voice) detour(chains []string) string { return v.say(detour, strings.Join(chains, ", ")) }

// NothingMissed says that a trace has no gaps.
func (v Voice) NothingMissed() string { return v.say(nothingMissed) }

// Counters heads the list of a node's nat rules.
func (v Voice) Counters(node string) string { return v.say(counterTitle, node) }

// Connections heads the list of translated connections.
func (v Voice) Connections() string { return v.say(connectionTitle) }

// Count says how many of the packets were delivered.
func (v Voice) Count(arrived, all int) string {
	if arrived == all {
		return v.say(allDelivered)
	}
	return v.say(someDelivered, arrived, all-arrived)
}

// Association says which connection tracking entry a packet belongs to, and how
// that is known.
func (v Voice) Association(a *trace.Association, node string) string {
	m := association
	if !a.Observed {
		m = associationByEnds
	}
	state := ""
	if a.State != 0 {
		state = v.say(inState, a.State)
	}
	return v.say(m, node, a.Entry, a.Direction.String(), state)
}

// reported says what the sender of a packet that was dropped or lost hears of it, or
// nothing if that is not known. complete is whether nothing was missed.
func (v Voice) reported(j *trace.Journey, complete bool) string {
	switch o := &j.Outcome; {
	case !o.Lost() || o.Reason == trace.ReasonCaptureEnded:
		return ""
	case o.ReportedBy != 0:
		return v.say(told, v.packet(o.ReportedBy))
	case o.Kind == trace.OutcomeDropped && complete:
		return v.say(notTold)
	}
	return ""
}

// Unmatched says why a rule did not match.
func (v Voice) Unmatched(m *trace.Unmatched) string {
	switch {
	case m.Condition == "":
		return v.say(missedUnknown)
	case m.Was == "":
		return v.say(missedNothing, m.Condition)
	}
	return v.say(missed, m.Condition, m.Was)
}

// proxied says of the first packet of a flow what a proxy has to do with it, or
// nothing. first has the number of each flow's first packet. The other flow's may not be
// there: they were not captured, or left out by a filter.
func (v Voice) proxied(f *trace.Flow, first trace.Firsts, j *trace.Journey) string {
	if f == nil || f.Proxy == "" || j.Direction != trace.Original || first[f.ID] != j.ID {
		return ""
	}
	switch other := first[f.Continues+f.ContinuedBy]; {
	case f.Continues != 0 && other != 0:
		return v.say(proxied, f.Proxy, v.packet(other))
	case f.Continues != 0:
		return v.say(proxiedUnseen, f.Proxy)
	case other != 0:
		return v.say(proxiedOn, f.Proxy, v.packet(other))
	}
	return v.say(proxiedOnUnseen, f.Proxy)
}

// EntryState says what state a connection was in when a packet passed, if that is
// known, and what its entry said last.
func (v Voice) EntryState(then trace.ConnState, f *trace.Flow) string {
	last := entryStatus(f)
	if then == 0 {
		return v.say(entryStateOnly, last)
	}
	return v.say(entryState, then, last)
}

// entryStatus is the protocol and state of a flow's entry, as conntrack -L prints them:
// "tcp ESTABLISHED [ASSURED]".
func entryStatus(f *trace.Flow) string {
	words := []string{strings.TrimSuffix(strings.ToLower(f.Protocol), "v4")}
	if f.Entry.State != 0 {
		words = append(words, f.Entry.State.String())
	}
	if f.Entry.Unreplied {
		words = append(words, "[UNREPLIED]")
	}
	if f.Entry.Assured {
		words = append(words, "[ASSURED]")
	}
	return strings.Join(words, " ")
}

// Translated names the translations of a flow.
func (v Voice) Translated(kinds []trace.Translation) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = strings.ToUpper(k.String())
	}
	return v.Label(LabelTranslated, strings.Join(names, ", "))
}

// Left is said when a walk through a trace is left: how its packets fared, and
// where the trace is. A recording that was read from a file is there already.
func (v Voice) Left(t *trace.Trace, saved string, recording bool) string {
	arrived, all := 0, 0
	for i := range t.Journeys {
		if j := &t.Journeys[i]; !j.Background() {
			all++
			if j.Outcome.Kind == trace.OutcomeDelivered {
				arrived++
			}
		}
	}
	s := v.say(left, t.Scenario, v.Packets(all), v.Count(arrived, all))
	if t.Survey != nil {
		s = v.say(leftSurvey, t.Scenario, v.Surveyed(t.Survey))
	}
	switch {
	case saved != "":
		s += v.say(savedIn, saved)
	case !recording:
		s += v.say(notSaved)
	}
	return s
}
