package trace

// LinkICMPErrors notes, on the packets that were not delivered, which ICMP error was sent
// because of them, and arrived.
func (t *Trace) LinkICMPErrors() {
	errors := map[Quote]int{}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if len(j.Hops) == 0 || j.Outcome.Kind != OutcomeDelivered {
			continue
		}
		if q := j.Hops[0].Packet.ICMP.Quoted; q != nil && errors[*q] == 0 {
			errors[*q] = j.ID
		}
	}
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if !j.Outcome.Lost() {
			continue
		}
		for h := len(j.Hops) - 1; h >= 0 && j.Outcome.ReportedBy == 0; h-- {
			j.Outcome.ReportedBy = errors[j.Hops[h].Packet.Quote()]
		}
	}
}
