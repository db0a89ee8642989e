package scenarios

import "tracer/sim"

// Scenario is one lesson: a network, the traffic to send through it, and what a run must
// show.
type Scenario struct {
	Name      string
	Title     string // one line
	Fault     string // the fault that was applied, or empty
	Group     string // the topic, one of [Groups]; may be empty
	Story     string // a few paragraphs of plain text: the question, and what to watch
	Answer    string // to the story's question
	Topology  sim.Topology
	Traffic   []sim.Request // sent one after the other
	Expect    []Expectation
	Faults    []Fault
	Published []Published // in the order of the file
}

// Groups lists the topics of scenarios, in the order in which they are shown.
func Groups() []string {
	return []string{"Published ports", "Out of the container", "Inside the host", "Without Docker"}
}

// Published is one published port, for a run's headline.
type Published struct {
	Service string
	Port    string // "80:5000"
}

// Expectation is one thing that every run must show: the answer to a request, properties of
// packets, or the counter of a rule. The kind follows from the fields that are set.
type Expectation struct {
	Line int // in the scenario file

	Answer string // the answer to a request: "200 Hello"

	Packet      string // the summary of the packet, the first with it: "TCP SYN"
	From        string // the node that sent it; empty for any
	Every       bool   // holds for every packet of the traffic
	Hops        []string
	Outcome     string
	Node        string // where it ended
	Hook        string // the hook at which it was dropped
	By          string // what dropped it: "TABLE CHAIN RULE", "TABLE CHAIN" for a policy, or the reason
	Changes     []ExpectedChange
	UntouchedBy string // no rule of this table was evaluated

	Rule    string // "TABLE CHAIN RULE"
	Packets int    // the rule's packet counter
}

// ExpectedChange is a change that a packet must show. Empty fields match anything.
type ExpectedChange struct {
	Field string
	From  string
	To    string
	Hook  string
	Cause string
	By    string // the rule, the route, or the interface
}
