package trace

// Name identifies a packet in the same way in every run of a scenario. Numbers do not:
// packets that two nodes send at the same time may change places.
type Name struct {
	Request int    // the request it belongs to; 0: none
	Summary string // "TCP SYN-ACK"
	From    string // the node that sent it
	Nth     int    // which of the packets with the same request, summary and sender, from 1; 0: there is only one
}

// Names returns the names of all packets except background ones, by number.
func (t *Trace) Names() map[int]Name {
	names, count := map[int]Name{}, map[Name]int{}
	for i := range t.Journeys {
		if j := &t.Journeys[i]; !j.Background() {
			n := Name{Request: j.Request, Summary: j.Summary, From: j.Sender()}
			names[j.ID] = n
			count[n]++
		}
	}
	nth := map[Name]int{}
	for i := range t.Journeys {
		id := t.Journeys[i].ID
		if n, named := names[id]; named && count[n] > 1 {
			nth[n]++
			n.Nth = nth[n]
			names[id] = n
		}
	}
	return names
}
