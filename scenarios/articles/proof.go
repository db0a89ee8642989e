package articles

import "tracer/scenarios"

// Proof is an expectation that reproduces a row.
type Proof struct {
	Scenario    *scenarios.Scenario
	Fault       string // or empty
	Expectation *scenarios.Expectation
}

// Proofs returns, by the id of the row, the expectations of scenarios and their faults that
// claim to reproduce it, in the order of the scenarios.
func Proofs(list []*scenarios.Scenario) map[string][]Proof {
	proofs := map[string][]Proof{}
	add := func(s *scenarios.Scenario, fault string, expect []scenarios.Expectation) {
		for i := range expect {
			for _, id := range expect[i].Proves {
				proofs[id] = append(proofs[id], Proof{Scenario: s, Fault: fault, Expectation: &expect[i]})
			}
		}
	}
	for _, s := range list {
		add(s, "", s.Expect)
		for i := range s.Faults {
			add(s, s.Faults[i].Name, s.Faults[i].Expect)
		}
	}
	return proofs
}

// Requests returns the number of requests in the run that has the expectation.
func (p *Proof) Requests() int {
	for i := range p.Scenario.Faults {
		if f := &p.Scenario.Faults[i]; f.Name == p.Fault && f.Traffic != nil {
			return len(f.Traffic)
		}
	}
	return len(p.Scenario.Traffic)
}
