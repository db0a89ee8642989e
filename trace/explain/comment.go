package explain

import "tracer/trace"

// HopComment says in some sentences what a frame is to its packet: which hop, what
// happened since the one before, and at the end, what became of the packet.
func (v Voice) HopComment(t *trace.Trace, j *trace.Journey, hop int) []string {
	h := &j.Hops[hop]
	lines := []string{v.say(hopOf, hop+1, len(j.Hops), v.packet(j.ID), j.Summary, v.Label(directionLabel(j.Direction)))}
	for _, e := range Events(h.Steps, h.Changes, t.Gaps.Steps == 0) {
		switch {
		case e.NoNAT:
			lines = append(lines, v.NoNAT())
		case e.Step != nil && e.Step.Handle == 0:
			lines = append(lines, e.Step.Table+" "+e.Step.Chain+": "+v.NoMatch(e.Step.Verdict))
		case e.Step != nil && e.Step.Text != "":
			lines = append(lines, e.Step.RuleRef.String())
		}
		for _, c := range e.Changes {
			lines = append(lines, v.say(became, c.Field.String(), c.From, c.To, v.Cause(c)))
		}
	}
	if len(h.Ambiguous) > 0 {
		lines = append(lines, v.Ambiguous(h.Ambiguous))
	}
	if hop == len(j.Hops)-1 && j.Outcome.Lost() {
		lines = append(lines, v.Outcome(j))
	}
	return lines
}

func directionLabel(d trace.FlowDirection) Label {
	if d == trace.Reply {
		return LabelReply
	}
	return LabelOriginal
}

// NotFollowed says of a frame that it is of no packet that was followed.
func (v Voice) NotFollowed() string { return v.say(notFollowed) }
