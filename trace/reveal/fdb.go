package reveal

import "tracer/trace"

// station is a station that a bridge has heard at one of its ports.
type station struct {
	at  trace.Point
	mac trace.MAC
}

// heard returns the senders of all frames that have come in so far.
func (m *mask) heard() map[station]bool {
	all := map[station]bool{}
	for i := range m.journeys {
		for k := range m.journeys[i].Hops {
			if h := &m.journeys[i].Hops[k]; h.Direction == trace.In && h.Packet.HasMAC {
				all[station{trace.Point{Node: h.Node, Interface: h.Interface}, h.Packet.SrcMAC}] = true
			}
		}
	}
	return all
}

// fdb returns a node's forwarding databases without what the bridges are still to learn.
func fdb(n *trace.Node, heard map[station]bool) []trace.FDBEntry {
	if n.FDB == nil {
		return nil
	}
	out := []trace.FDBEntry{}
	for _, e := range n.FDB {
		learned := e.State == trace.FDBLearned || e.State == trace.FDBStale
		if !learned || heard[station{trace.Point{Node: n.Name, Interface: e.Interface}, e.MAC}] {
			out = append(out, e)
		}
	}
	return out
}
