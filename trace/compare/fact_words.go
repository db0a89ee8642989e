package compare

import (
	"tracer/trace"
	"tracer/trace/explain"
)

// Fact says what there is on a side of a difference. note is why the other side does not have
// it, or what caused it; often empty.
func (w *Words) Fact(d *Difference, s Side) (text, note string) {
	f := &d.Facts[s]
	j := w.Journey(&w.Packets[d.Packet], s)
	switch f.Kind {
	case KindHook:
		return w.Format(explain.CompareHook, f.Hook), ""
	case KindRule:
		return w.Step(f.Step), w.absence(f, s.Other())
	case KindChange:
		c := f.Change
		return explain.FieldName(c.Field, j) + "  " + w.Value(c.Field, c.From) + " " + w.Accounts[s].Becomes + " " + w.Value(c.Field, c.To), w.Cause(c)
	case KindSent:
		return w.sent(&j.Hops[0].Packet, s), ""
	case KindPlace:
		h := &j.Hops[f.Place.Stop]
		return w.Format(explain.CompareSeen, h.Place(), h.Direction), ""
	case KindEnd:
		return w.Outcome(j), ""
	}
	return w.Format(explain.CompareNothing), ""
}

// Ends reports whether a fact is the end of the packet.
func (f *Fact) Ends() bool { return f.Kind == KindEnd }

// Step names the rule of a step, or what decided without one.
func (w *Words) Step(s *trace.Step) string {
	switch {
	case s.Text != "" && s.Handle != 0:
		return s.RuleRef.String()
	case s.Handle != 0:
		return w.Format(explain.CompareUnknown, s.Table, s.Chain)
	case s.Terminal:
		return w.Format(explain.ComparePolicy, s.Table, s.Chain, s.Verdict)
	}
	return w.Format(explain.CompareChainEnd, s.Table, s.Chain)
}

func (w *Words) absence(f *Fact, other Side) string {
	switch u := f.Absence.Unmatched; f.Absence.Kind {
	case AbsenceMissing:
		return w.Format(explain.CompareMissing, other, f.Node)
	case AbsenceUnreached:
		return w.Format(explain.CompareUnreached, other)
	case AbsenceUnmatched:
		if u.Was == "" {
			return w.Format(explain.CompareUnmatchedIt, other, u.Condition)
		}
		return w.Format(explain.CompareUnmatched, other, u.Condition, u.Was)
	}
	return ""
}

func (w *Words) sent(p *trace.Headers, s Side) string {
	if p.IsIP() {
		return w.Format(explain.CompareSentTTL, p.Source(), p.Destination(), p.TTL, w.Accounts[s].Arrow, explain.TTLName(p))
	}
	return w.Format(explain.CompareSent, p.Source(), p.Destination(), w.Accounts[s].Arrow)
}

// Setting names a setting. note says what it did to packets, if it is a rule.
func (w *Words) Setting(s *Setting) (text, note string) {
	switch s.Kind {
	case SettingNode:
		return w.Format(explain.CompareNode, s.Node), ""
	case SettingRule:
		return w.Format(explain.CompareRule, s.Node, s.Rule), w.met(s)
	case SettingPolicy:
		return w.Format(explain.CompareRulePolicy, s.Node, s.Rule), ""
	case SettingRoute:
		return w.Format(explain.CompareRoute, s.Node, s.Route.Short()), ""
	case SettingBridgeNetfilter:
		return w.Format(explain.CompareBridge, s.Node), ""
	case SettingForwarding6:
		return w.Format(explain.CompareForwarding6, s.Node), ""
	case SettingBridgeNetfilter6:
		return w.Format(explain.CompareBridge6, s.Node), ""
	case SettingPriority:
		return w.Format(explain.ComparePriority, s.Node, s.Rule, s.Hook, s.Priority), ""
	case SettingRouteLocalnet:
		return w.Format(explain.CompareLocalnet, s.Node, s.Interface), ""
	}
	if s.Interface != "" {
		return w.Format(explain.CompareInterface, s.Node, s.Interface), ""
	}
	return w.Format(explain.CompareForwarding, s.Node), ""
}

func (w *Words) met(s *Setting) string {
	number := w.Number(s.Journey)
	switch u := s.Unmatched; {
	case s.Journey == 0 && s.Untraced:
		return ""
	case s.Journey == 0:
		return w.Format(explain.CompareUnmet)
	case u == nil:
		return w.Format(explain.CompareMatchedBy, number)
	case u.Was == "":
		return w.Format(explain.CompareUnmetBy, number, u.Condition)
	default:
		return w.Format(explain.CompareUnmatchedBy, number, u.Condition, u.Was)
	}
}
