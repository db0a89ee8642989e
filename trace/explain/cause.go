package explain

import (
	"strings"

	"tracer/trace"
)

// Cause says what made a change.
func (l Language) Cause(c *trace.Change) string {
	hook := ""
	if c.Hook != 0 {
		hook = l.Format(atHook, c.Hook)
	}
	cause := &c.Cause
	switch cause.Kind {
	case trace.CauseRule:
		switch {
		case cause.Translation == 0:
			return l.Format(byAnyRule)
		case cause.Entry != 0:
			return l.Format(byRuleEntry, strings.ToUpper(cause.Translation.String()))
		}
		return l.Format(byRule, strings.ToUpper(cause.Translation.String()))
	case trace.CauseConntrack:
		return l.conntrack(cause, hook)
	case trace.CauseRouting:
		return l.Format(byRoute, cause.Route.Short())
	case trace.CauseNeighbour:
		if c.Field == trace.FieldSourceMAC {
			return l.Format(byOwnMAC, cause.Interface)
		}
		return l.Format(byNeighbour, cause.Neighbour)
	case trace.CauseBridge:
		return l.Format(byBridge)
	}
	return l.inferred(c)
}

// inferred describes a change whose cause was not observed.
func (l Language) inferred(c *trace.Change) string {
	first, kind := l.packet(c.Cause.Origin.Journey), strings.ToUpper(c.Cause.Translation.String())
	if c.Cause.Translation == trace.SNAT {
		kind = l.Format(inferredSource)
	}
	switch {
	case c.Cause.Translation != 0 && c.Cause.Reverse:
		return l.Format(inferredReverse, kind, first)
	case c.Cause.Translation != 0:
		return l.Format(inferredNAT, kind, first)
	case c.Field == trace.FieldSourceMAC, c.Field == trace.FieldDestinationMAC:
		return l.Format(inferredLink)
	case c.Field == trace.FieldTTL:
		from, _ := c.From.(trace.TTL)
		to, _ := c.To.(trace.TTL)
		if to < from {
			return l.Format(inferredRouter, int(from)-int(to))
		}
	}
	return l.Format(inferred)
}

func (l Language) conntrack(c *trace.Cause, hook string) string {
	kind := strings.ToUpper(c.Translation.String())
	switch before := c.Translation != 0 && c.Origin.Earlier; {
	case before && c.Reverse:
		return l.Format(byEarlierReverse, hook, kind)
	case before:
		return l.Format(byEarlier, hook, kind)
	case c.Origin.Rule.Handle == 0:
		return l.Format(byUnknownRule, hook)
	case c.Reverse:
		return l.Format(byConntrackReverse, hook, kind, l.packet(c.Origin.Journey))
	}
	return l.Format(byConntrack, hook, kind, l.packet(c.Origin.Journey))
}

// Origin names the packet that matched the rule behind a connection's translation, and
// quotes the rule in full.
func (l Language) Origin(o trace.Origin) string {
	return l.Format(ruleOf, l.packet(o.Journey), o.Rule.String())
}
