package trace

import "net/netip"

// Splice is a pair of connections, or of exchanges of datagrams, that a proxy joined. The
// proxy itself reports it, because nothing on the wire proves it: two clients may send equal
// datagrams at the same time.
type Splice struct {
	Node     string            // the proxy's
	Protocol string            // "TCP" or "UDP"
	Client   [2]netip.AddrPort // the connection it accepted: from, to
	Server   [2]netip.AddrPort // the one it opened in turn
}

// Splice links the flows that proxies have joined. splices are in the order in which they
// were joined. Flows with reused ends are linked only if that order shows which one is
// meant.
func (t *Trace) Splice(splices []Splice) {
	flows := t.byEnds()
	clients := matched(splices, flows, func(s *Splice) [2]netip.AddrPort { return s.Client })
	servers := matched(splices, flows, func(s *Splice) [2]netip.AddrPort { return s.Server })
	for i, s := range splices {
		client, server := clients[i], servers[i]
		if client == nil || server == nil || client.Continues != 0 || server.Proxy != "" {
			continue
		}
		client.Proxy, server.Proxy = s.Node, s.Node
		server.Continues = client.ID
		if client.ContinuedBy == 0 {
			client.ContinuedBy = server.ID
		}
	}
}

// matched returns the flow of each splice at one side of the proxy; nil if that is
// uncertain.
func matched(splices []Splice, flows map[endsKey][]*Flow, side func(*Splice) [2]netip.AddrPort) []*Flow {
	same := map[endsKey][]int{} // splices with the same ends
	for i := range splices {
		e := side(&splices[i])
		k := endsKey{splices[i].Protocol, Ends{e[0], e[1]}}
		same[k] = append(same[k], i)
	}
	list := make([]*Flow, len(splices))
	for k, these := range same {
		candidates := flows[k]
		for n, i := range these {
			switch {
			case len(candidates) == len(these):
				list[i] = candidates[n]
			case len(candidates) == 1 && k.protocol == "UDP":
				list[i] = candidates[0] // several sockets for one client, one after the other
			}
		}
	}
	return list
}

// endsKey identifies flows as a proxy sees them.
type endsKey struct {
	protocol string
	Ends
}

// byEnds indexes the flows by their ends, both as the sender and as the receiver see them:
// with NAT, the two differ.
func (t *Trace) byEnds() map[endsKey][]*Flow {
	flows := map[endsKey][]*Flow{}
	for i := range t.Flows {
		f := &t.Flows[i]
		k := endsKey{f.Protocol, f.Original}
		flows[k] = append(flows[k], f)
		if received := (endsKey{f.Protocol, f.Reply.Reversed()}); received != k {
			flows[received] = append(flows[received], f)
		}
	}
	return flows
}

// Flow returns the flow with the given number, or nil.
func (t *Trace) Flow(id int) *Flow {
	// Flows are numbered from 1, without gaps.
	if id < 1 || id > len(t.Flows) || t.Flows[id-1].ID != id {
		return nil
	}
	return &t.Flows[id-1]
}

// Firsts maps each flow that has packets in a trace to the number of its first packet.
type Firsts map[int]int

// Firsts returns the number of each flow's first packet.
func (t *Trace) Firsts() Firsts {
	first := make(Firsts, len(t.Flows))
	for i := range t.Journeys {
		if j := &t.Journeys[i]; first[j.Flow] == 0 {
			first[j.Flow] = j.ID
		}
	}
	return first
}

// Continues reports whether a packet is the first of a connection that a proxy opened to
// continue another one.
func (t *Trace) Continues(j *Journey, first Firsts) bool {
	f := t.Flow(j.Flow)
	return f != nil && f.Continues != 0 && first[f.ID] == j.ID
}
