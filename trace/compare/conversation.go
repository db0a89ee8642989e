package compare

import (
	"cmp"
	"fmt"

	"tracer/trace"
)

// conversation is the packets of a flow that belong to the same requests, in both traces or in
// one.
type conversation struct {
	requests int
	kind     string // protocol and opener
	target   string // of the first packet
	probe    bool   // a unicast request for a hardware address, which confirms a neighbour entry
	journeys [2][]int
}

// conversations divides the packets of a trace, without those in the background.
func (w *ways) conversations(s Side, list []Requests) (out []*conversation) {
	t, numbers := w.traces[s], of(list, s)
	type id struct {
		flow, requests int
		report         string
	}
	known, asked := map[id]*conversation{}, map[trace.Ends]string{}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if j.Background() {
			continue
		}
		requests, belongs := numbers[j.Request]
		asks := resolution(j)
		switch f := w.flows[s][j.Flow]; {
		case asks != nil || f != nil && f.Protocol == "ARP": // which request needs an address first is a matter of timing
			requests = -1
		case belongs:
		case len(j.Hops) == 0 && len(t.Answers) == 1: // when it was sent is not known
			requests = numbers[1]
		default:
			requests = -1
		}
		at, named := id{j.Flow, requests, ""}, true
		if asks != nil {
			at = id{0, requests, exchange(asks, asked)}
		} else if w.reports(s, j) {
			at = id{0, requests, j.Summary + " " + j.Sender()}
		} else {
			named = false
		}
		c := known[at]
		if c == nil || j.Flow == 0 && !named {
			c = w.conversation(s, j)
			c.requests = requests
			known[at] = c
			out = append(out, c)
		}
		c.journeys[s] = append(c.journeys[s], i)
	}
	return out
}

func (w *ways) conversation(s Side, j *trace.Journey) *conversation {
	f := w.flows[s][j.Flow]
	if f == nil || w.reports(s, j) {
		return &conversation{kind: j.Summary + " " + j.Sender()}
	}
	c := &conversation{kind: f.Protocol + " " + j.Sender(), target: w.address(s, f.Original.Destination.Addr())}
	if f.Protocol == "TCP" || f.Protocol == "UDP" {
		c.target = fmt.Sprint(c.target, ":", f.Original.Destination.Port())
	}
	if p := resolution(j); p != nil {
		c.kind, c.target = "resolution "+j.Sender(), w.address(s, p.Parties().Destination.Addr())
		c.probe = p.Asks() && !p.ToMany()
	}
	return c
}

// resolution returns the headers of a message of ARP, or of IPv6's neighbor discovery, that asks for
// a hardware address or answers; nil for other packets.
func resolution(j *trace.Journey) *trace.Headers {
	if len(j.Hops) == 0 || !j.Hops[0].Packet.Resolves() {
		return nil
	}
	return &j.Hops[0].Packet
}

// exchange names the exchange that such a message belongs to: requests for an address to all
// neighbors, or to one, and the replies to them. asked has the latest one of each pair.
func exchange(p *trace.Headers, asked map[trace.Ends]string) string {
	ends := p.Parties()
	if !p.Asks() {
		return cmp.Or(asked[ends.Reversed()], fmt.Sprint("reply ", ends))
	}
	asked[ends] = fmt.Sprint("request ", ends, p.ToMany())
	return asked[ends]
}

// reports reports whether a packet is an ICMP error. Errors of a node are a conversation of their
// own: they belong to a flow only if conntrack has seen them.
func (w *ways) reports(s Side, j *trace.Journey) bool {
	if len(j.Hops) > 0 {
		return j.Hops[0].Packet.IsICMPError()
	}
	f := w.flows[s][j.Flow] // whose ports would be the identifier of an echo
	return f != nil && (f.Protocol == "ICMPv4" || f.Protocol == "ICMPv6") && f.Original.Source.Port() == 0
}

// joined pairs the conversations of two traces: of the same requests, kind and target in order,
// and then those of the same kind, if both sides have as many of them.
func joined(a, b []*conversation) (out []*conversation) {
	type key struct {
		requests     int
		kind, target string
		probe        bool
	}
	exact := func(c *conversation) key { return key{c.requests, c.kind, c.target, c.probe} }
	left := map[key][]*conversation{}
	for _, c := range a {
		left[exact(c)] = append(left[exact(c)], c)
	}
	var rest []*conversation
	paired := map[*conversation]bool{}
	for _, d := range b {
		k := exact(d)
		if len(left[k]) == 0 {
			rest = append(rest, d)
			continue
		}
		c := left[k][0]
		left[k] = left[k][1:]
		c.journeys[B], paired[c] = d.journeys[B], true
	}
	similar := func(c *conversation) key { return key{c.requests, c.kind, "", c.probe} }
	count, with := map[key]int{}, map[key][]*conversation{}
	for _, c := range a {
		if !paired[c] {
			count[similar(c)]++
		}
	}
	for _, d := range rest {
		with[similar(d)] = append(with[similar(d)], d)
	}
	for _, c := range a {
		k := similar(c)
		if list := with[k]; !paired[c] && len(list) > 0 && count[k] == len(list) {
			c.journeys[B] = list[0].journeys[B]
			with[k], count[k] = list[1:], count[k]-1
		}
		out = append(out, c)
	}
	for _, list := range with {
		out = append(out, list...)
	}
	return out
}
