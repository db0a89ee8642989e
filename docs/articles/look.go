package main

import (
	"cmp"
	"fmt"
	"strings"

	"tracer/scenarios"
	"tracer/scenarios/articles"
)

// look returns the command that shows what an expectation is about, and what to look at.
func look(p *articles.Proof) (command string, what []string) {
	e, name := p.Expectation, p.Scenario.Name
	if p.Fault != "" {
		name += " --fault " + p.Fault
	}
	replay := "tracer replay " + name
	switch {
	case e.Listing != "":
		return "tracer show " + name + " " + e.Listing, nil
	case e.Rule != "":
		parts := strings.SplitN(e.Rule, " ", 3) // TABLE CHAIN RULE
		if host := engine(p.Scenario); host != "" {
			return fmt.Sprintf("tracer show %s %s iptables -t %s -nvL %s", name, host, parts[0], parts[1]), nil
		}
		return replay, []string{"the counter of `" + e.Rule + "`"}
	case e.Answer != "":
		return replay, []string{"the answer" + request(p, " to")}
	case e.Packet != "":
		return replay, []string{cmp.Or(e.Packet, "all packets") + request(p, " of")}
	}
	return replay, nil
}

// request names the request that an expectation is about, after a preposition, or the
// packet's sender.
func request(p *articles.Proof, preposition string) string {
	switch e := p.Expectation; {
	case e.Request != 0 && p.Requests() > 1:
		return fmt.Sprintf("%s request %d", preposition, e.Request)
	case e.From != "":
		return " from " + e.From
	}
	return ""
}

// engine returns the first node of a scenario with an engine, or "".
func engine(s *scenarios.Scenario) string {
	for _, n := range s.Topology.Nodes {
		if _, ok := s.Engines[n.Name]; ok {
			return n.Name
		}
	}
	return ""
}
