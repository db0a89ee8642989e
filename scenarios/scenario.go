package scenarios

import "tracer/sim"

// Scenario is one lesson: a network, what is sent through it, and what must be
// seen.
type Scenario struct {
	Name      string
	Title     string // one line
	Fault     string // that it was changed by; empty: as it is
	Group     string // what it is about, one of [Groups]; empty: not said
	Story     string // a few paragraphs, plain text: what to ask, and what to watch
	Answer    string // to what the story asks
	Topology  sim.Topology
	Traffic   []sim.Request // sent one after the other
	Expect    []Expectation
	Faults    []Fault
	Published []Published // the ports that services publish, in order
}

// Groups are what scenarios are about, in the order in which they are listed.
func Groups() []string {
	return []string{"Published ports", "Out of the container", "Inside the host", "Without Docker"}
}

// Published is one published port, for a run's headline.
type Published struct {
	Service string
	Port    string // "80:5000"
}

// Expectation is one thing that every run must show. The fields that are set
// say what it is about: an answer, packets, or a rule's counter.
type Expectation struct {
	Line int // in the scenario's file

	Answer string // what a request got: "200 Hello"

	Packet      string // the summary of the first packet it is about: "TCP SYN"
	From        string // the node that sent it; empty: any
	Every       bool   // it is about every packet of the traffic
	Hops        []string
	Outcome     string
	Node        string // where it ended
	Hook        string // at which hook it was dropped
	By          string // what dropped it: "TABLE CHAIN RULE", "TABLE CHAIN" for a policy, or the reason
	Changes     []ExpectedChange
	UntouchedBy string // no rule of this table was evaluated

	Rule    string // "TABLE CHAIN RULE"
	Packets int    // how many packets that rule has counted
}

// ExpectedChange is a change that a packet must show. Empty fields are not
// looked at.
type ExpectedChange struct {
	Field string
	From  string
	To    string
	Hook  string
	Cause string
	By    string // the rule or the route
}
