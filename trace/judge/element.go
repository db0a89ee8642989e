package judge

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"tracer/trace"
)

// elements checks the elements of verdict maps that steps name: the node has such an element, it
// gives the step's verdict, and its key is the packet's own.
func (j *judging) elements(p *trace.Journey) {
	for i := range p.Hops {
		h := &p.Hops[i]
		if h.Doubtful || len(h.Ambiguous) > 0 {
			continue
		}
		around := []*trace.Hop{h}
		if i > 0 {
			around = append(around, &p.Hops[i-1])
		}
		j.elementsOf(p, h.Node, h.Steps, around)
	}
	if n := len(p.Hops); n > 0 {
		j.elementsOf(p, p.Outcome.Node, p.Outcome.Steps, []*trace.Hop{&p.Hops[n-1]})
	}
}

func (j *judging) elementsOf(p *trace.Journey, node string, steps []trace.Step, around []*trace.Hop) {
	for i := range steps {
		s := &steps[i]
		if s.Element == nil {
			continue
		}
		j.Stated["elements"]++
		if verdict := j.mapped(node, s); verdict != s.Verdict.String() {
			j.wrong(WrongElement, "%s in %s: %s has no such element: %s, but %q", j.name(p), node, s.RuleRef, s.Element, verdict)
			continue
		}
		if !j.own(node, s.Element.Key, around) {
			j.wrong(WrongElement, "%s in %s: %s is not a value of the packet: %s", j.name(p), node, s.Element.Key, s.RuleRef)
		}
	}
}

// mapped returns the verdict that the map of a step's rule has for a key.
func (j *judging) mapped(node string, s *trace.Step) string {
	after := j.After[node]
	if after == nil {
		return ""
	}
	text := after.Maps[s.Table+" "+s.Element.Map]
	if s.Element.Map == "" {
		r, _ := after.rule(s.RuleRef)
		if r == nil {
			return ""
		}
		var rule []struct {
			Vmap *struct{ Data struct{ Set json.RawMessage } }
		}
		if err := json.Unmarshal([]byte(r.Text), &rule); err != nil {
			return ""
		}
		for _, e := range rule {
			if e.Vmap != nil {
				text = e.Vmap.Data.Set
			}
		}
	}
	var list [][2]json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return ""
	}
	for _, e := range list {
		if strings.Trim(string(e[0]), `"`) == strings.Trim(s.Element.Key, `"`) {
			return verdictText(e[1])
		}
	}
	return ""
}

// verdictText returns a verdict of nft's JSON as nft prints it.
func verdictText(b []byte) string {
	var v map[string]*struct{ Target string }
	if err := json.Unmarshal(b, &v); err != nil {
		return ""
	}
	for kind, to := range v {
		if to != nil {
			return kind + " " + to.Target
		}
		return kind
	}
	return ""
}

// own reports whether a key can be a value of a packet, judging by the hops before and after
// the step: the name of an interface, or of its bridge, or a port. Other keys are not judged.
func (j *judging) own(node, key string, around []*trace.Hop) bool {
	name, isName := strings.CutPrefix(key, `"`)
	name = strings.TrimSuffix(name, `"`)
	number, err := strconv.ParseUint(key, 10, 16)
	if !isName && err != nil {
		return true
	}
	for _, h := range around {
		if isName && h.Node == node {
			if i := j.trace.State.Node(node).Interface(h.Interface); h.Interface == name || i != nil && i.Master == name {
				return true
			}
		}
		for _, end := range []netip.AddrPort{h.Packet.Src, h.Packet.Dst} {
			if !isName && uint64(end.Port()) == number {
				return true
			}
		}
	}
	// A packet that did not leave has no hop at the interface that it was routed to, nor with
	// the port that it was given.
	return len(around) == 1 && (!isName || j.trace.State.Node(node).Interface(name) != nil)
}

// addMap adds a map of nft's listing.
func (c *Counters) addMap(family, table, name string, elements json.RawMessage) {
	if c.Maps == nil {
		c.Maps = map[string]json.RawMessage{}
	}
	k := Chain{Family: family, Table: table}
	c.Maps[fmt.Sprintf("%s @%s", k.Ours(), name)] = elements
}
