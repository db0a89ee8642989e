package compare

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
)

// ways turns the ways of packets into lists of events, and names equal events equally on both
// sides.
type ways struct {
	*names
	traces [2]*trace.Trace
	flows  [2]map[int]*trace.Flow
	rules  map[ruleText]string // the names of texts: a trace has few, but many steps

	otherEngine bool // the networks have different engines, so rules are not compared
}

type ruleText struct {
	side       Side
	node, text string
}

// event is one thing that happens to a packet, with a key that equals that of the same event on
// the other side.
type event struct {
	Fact
	key    string
	vague  bool // the trace does not show for certain that it happened to this packet, or not all that did
	silent bool // alone, it does not count as a difference
}

func newWays(a, b *trace.Trace) *ways {
	w := &ways{names: newNames(&a.State, &b.State), traces: [2]*trace.Trace{a, b}, rules: map[ruleText]string{}, otherEngine: otherEngine(&a.State, &b.State)}
	for s, t := range w.traces {
		w.flows[s] = make(map[int]*trace.Flow, len(t.Flows))
		for i := range t.Flows {
			w.flows[s][t.Flows[i].ID] = &t.Flows[i]
		}
	}
	return w
}

// events returns what happens to a packet, in the kernel's order.
func (w *ways) events(s Side, j *trace.Journey) (list []event) {
	for stop := range len(j.Hops) + 1 {
		way, vague := j.Stretch(stop), unclear(j, stop)
		add := func(f Fact, moment int, key string) {
			f.Place, f.Node = explain.Place{Stop: stop, Moment: moment}, way.Node
			list = append(list, event{f, fmt.Sprintf("%d %s %s", f.Kind, way.Node, key), vague, w.silent(f.Kind)})
		}
		placed := map[*trace.Change]bool{}
		moments := explain.Moments(j, stop)
		for at := range moments {
			m := &moments[at]
			if m.Hook != 0 {
				add(Fact{Kind: KindHook, Hook: m.Hook}, at, m.Hook.String())
			}
			if m.Created {
				add(Fact{Kind: KindEntry}, at, "")
			}
			for i := range m.Steps {
				add(Fact{Kind: KindRule, Step: &m.Steps[i]}, at, w.step(s, way.Node, &m.Steps[i]))
			}
			for _, c := range m.Changes {
				placed[c] = true
				add(Fact{Kind: KindChange, Change: c}, at, w.change(s, way.Node, j, c))
			}
		}
		last := len(moments) - 1
		for i := range way.Changes {
			if c := &way.Changes[i]; !placed[c] {
				add(Fact{Kind: KindChange, Change: c}, last, w.change(s, way.Node, j, c))
			}
		}
		switch {
		case stop == len(j.Hops):
			add(Fact{Kind: KindEnd}, last, w.end(s, &j.Outcome))
		case stop == 0:
			add(Fact{Kind: KindSent}, last, w.seen(s, &j.Hops[0])+" "+w.headers(s, j))
		default:
			add(Fact{Kind: KindPlace}, last, w.seen(s, &j.Hops[stop]))
		}
	}
	return list
}

// signature returns a text that is equal for packets of both sides that fared alike.
func (w *ways) signature(s Side, j *trace.Journey) string {
	return strings.Join(keys(slices.DeleteFunc(w.events(s, j), func(e event) bool { return e.silent })), "\n")
}

// silent reports whether an event alone does not count as a difference. That conntrack made an entry is not
// always known: if the packet is dropped before the entry is confirmed, no event reports it. Different engines do
// the same with different rules.
func (w *ways) silent(k Kind) bool { return k == KindEntry || k == KindRule && w.otherEngine }

func keys(list []event) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].key
	}
	return out
}

// unclear reports whether a trace does not show for certain what happened on the way to a stop.
func unclear(j *trace.Journey, stop int) bool {
	if stop == len(j.Hops) {
		r := j.Outcome.Reason
		return r == trace.ReasonNotTraced || r == trace.ReasonCaptureEnded || r == trace.ReasonNotCounted
	}
	h := &j.Hops[stop]
	routed := false
	for i := range h.Changes {
		routed = routed || h.Changes[i].Field == trace.FieldTTL
	}
	return h.Doubtful || h.Unordered || len(h.Ambiguous) > 0 || routed && h.Evidence != trace.EvidenceTrace
}

// step names what a rule or a chain decided.
func (w *ways) step(s Side, node string, step *trace.Step) string {
	return fmt.Sprintf("%v %s %v", step.Hook, w.rule(s, node, &step.RuleRef), step.Verdict)
}

// decider names the rule that changed or ended a packet. Different engines do that with different
// rules.
func (w *ways) decider(s Side, node string, r *trace.RuleRef) string {
	if w.otherEngine {
		return ""
	}
	return w.rule(s, node, r)
}

func (w *ways) rule(s Side, node string, r *trace.RuleRef) string {
	if r.Text == "" {
		return fmt.Sprintf("%s %s %t", r.Table, r.Chain, r.Handle != 0)
	}
	key := ruleText{s, node, r.Text}
	text, known := w.rules[key]
	if !known {
		text = w.text(s, node, r.Text)
		w.rules[key] = text
	}
	return r.Table + " " + r.Chain + " " + text
}

// seen names a place, and the direction in which the packet passed it.
func (w *ways) seen(s Side, h *trace.Hop) string {
	return fmt.Sprintf("%s %v %t", w.iface(s, h.Node, h.Interface), h.Direction, h.Copy)
}

// headers names the headers with which a packet was sent.
func (w *ways) headers(s Side, j *trace.Journey) string {
	p := &j.Hops[0].Packet
	if p.IsARP() {
		return fmt.Sprintf("%d %s %s %s", p.ARP.Op, w.mac(s, p.DstMAC), w.address(s, p.ARP.Sender), w.address(s, p.ARP.Target))
	}
	if !p.IsIP() {
		return p.EtherType.String()
	}
	from, to := p.Src, p.Dst
	if p.IsEcho() { // what looks like ports is its identifier
		from, to = netip.AddrPortFrom(from.Addr(), 0), netip.AddrPortFrom(to.Addr(), 0)
	}
	return fmt.Sprintf("%s %s %d %d %t %d", w.endpoint(s, j, trace.Endpoint(from)), w.endpoint(s, j, trace.Endpoint(to)), p.TTL, p.TOS, p.DontFragment, p.TCP.MSS)
}

// end names the way in which a packet ended. For a rule, the step before it says more.
func (w *ways) end(s Side, o *trace.Outcome) string {
	reason, rule := o.Reason, w.decider(s, o.Node, &o.Rule)
	if w.otherEngine && reason == trace.ReasonPolicy {
		reason = trace.ReasonRule
	}
	route := ""
	if o.Route.Destination.IsValid() {
		route = w.text(s, o.Node, o.Route.Short())
	}
	to := ""
	if o.Destination.IsValid() {
		to = w.address(s, o.Destination)
	}
	return fmt.Sprintf("%v %v %v %s %v %s %s %v %s %v %d", o.Kind, o.Hook, reason, rule, o.Answer, w.iface(s, o.Node, o.Interface), to,
		o.RouteType, route, o.RoutingRule, o.MTU)
}
