package trace

// LinkICMPErrors records, for each lost packet, the ICMP error that was sent because of
// it, if the error arrived.
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
