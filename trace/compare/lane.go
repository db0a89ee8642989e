package compare

import (
	"tracer/trace"
)

// lane is the packets of a conversation that have the same direction and role, in both traces:
// the SYNs, or all segments with data. They correspond to each other in order.
type lane struct {
	conversation *conversation
	direction    trace.FlowDirection
	role         string
	journeys     [2][]int
	ways         [2][]string
}

type laneID struct {
	direction trace.FlowDirection
	role      string
}

// Roles of TCP segments. All others are named as the packet is.
const (
	roleData = "data"
	roleFIN  = "FIN"
	roleACK  = "ACK"
)

// role returns what a packet is in its conversation. Its length does not count: it says only how
// a stream was cut.
func role(f *trace.Flow, j *trace.Journey) string {
	switch {
	case f == nil:
		return j.Summary
	case f.Protocol == "UDP":
		return f.Protocol
	case f.Protocol != "TCP" || len(j.Hops) == 0:
		return j.Summary
	}
	switch p := &j.Hops[0].Packet; {
	case p.TCP.Flags&(trace.SYN|trace.RST) != 0:
		return j.Summary
	case p.TCP.Flags&trace.FIN != 0:
		return roleFIN
	case p.Payload > 0:
		return roleData
	}
	return roleACK
}

// lanes divides a conversation. intern keeps one copy of each signature.
func (w *ways) lanes(c *conversation, intern map[string]string) (list []*lane) {
	known := map[laneID]*lane{}
	for _, s := range Sides {
		for _, i := range c.journeys[s] {
			j := &w.traces[s].Journeys[i]
			id := laneID{j.Direction, role(w.flows[s][j.Flow], j)}
			if w.reports(s, j) || resolution(j) != nil {
				id = laneID{0, j.Summary}
			}
			l := known[id]
			if l == nil {
				l = &lane{conversation: c, direction: id.direction, role: id.role}
				known[id] = l
				list = append(list, l)
			}
			way := w.signature(s, j)
			if _, kept := intern[way]; !kept {
				intern[way] = way
			}
			l.journeys[s], l.ways[s] = append(l.journeys[s], i), append(l.ways[s], intern[way])
		}
	}
	return list
}

// packets pairs the packets of a lane: those that fared alike, and between them the others in
// order. Of the rest, those that fared like another one are incidental.
func (l *lane) packets(piggyback [2]bool) (list []Packet) {
	fared := [2]map[string]bool{{}, {}} // of the packets that have a counterpart
	add := func(p Packet) {
		p.Requests = l.conversation.requests
		list = append(list, p)
	}
	matched := align(l.ways[A], l.ways[B])
	for _, p := range matched {
		fared[A][l.ways[A][p[0]]], fared[B][l.ways[B][p[1]]] = true, true
		add(Packet{Journeys: [2]int{l.journeys[A][p[0]], l.journeys[B][p[1]]}})
	}
	gaps(matched, len(l.ways[A]), len(l.ways[B]), func(from, to [2]int) {
		both := min(to[0]-from[0], to[1]-from[1])
		certain := to[0]-from[0] == to[1]-from[1] && from[0] == from[1]
		for k := range both {
			i, j := from[0]+k, from[1]+k
			fared[A][l.ways[A][i]], fared[B][l.ways[B][j]] = true, true
			add(Packet{Journeys: [2]int{l.journeys[A][i], l.journeys[B][j]}, Uncertain: !certain && i+j > 0, Differs: true})
		}
		for _, s := range Sides {
			for i := from[s] + both; i < to[s]; i++ {
				p := Packet{Journeys: [2]int{-1, -1}}
				p.Journeys[s] = l.journeys[s][i]
				p.Incidental = fared[s][l.ways[s][i]] || l.conversation.probe || l.role == roleACK && piggyback[s.Other()]
				p.Differs = !p.Incidental
				add(p)
				fared[s][l.ways[s][i]] = true
			}
		}
	})
	return list
}

// carries reports for each side whether a conversation has segments in a direction that carry an
// acknowledgment along with something else.
func carries(lanes []*lane, d trace.FlowDirection) (out [2]bool) {
	for _, l := range lanes {
		if l.direction == d && (l.role == roleData || l.role == roleFIN) {
			for _, s := range Sides {
				out[s] = out[s] || len(l.journeys[s]) > 0
			}
		}
	}
	return out
}
