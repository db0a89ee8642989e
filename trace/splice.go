package trace

import "net/netip"

// Splice is a pair of connections that a proxy joined.
type Splice struct {
	Node   string            // the proxy's
	Client [2]netip.AddrPort // the connection it accepted: from, to
	Server [2]netip.AddrPort // the one it opened in turn
}

// Splice links the flows that proxies have joined. A proxy reports which connection it
// accepted, and which it opened for it.
func (t *Trace) Splice(splices []Splice) {
	for _, s := range splices {
		client := t.flow(Ends{s.Client[0], s.Client[1]})
		server := t.flow(Ends{s.Server[0], s.Server[1]})
		if client == nil || server == nil {
			continue // its packets were not seen
		}
		client.Proxy, server.Proxy = s.Node, s.Node
		client.ContinuedBy, server.Continues = server.ID, client.ID
	}
}

// flow returns the first flow with these ends, as the proxy sees them, that has not been
// joined yet.
func (t *Trace) flow(e Ends) *Flow {
	for i := range t.Flows {
		f := &t.Flows[i]
		if f.Protocol == "TCP" && f.Proxy == "" && (f.Original == e || f.Reply.Reversed() == e) {
			return f
		}
	}
	return nil
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
