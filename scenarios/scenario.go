package scenarios

import (
	"net/netip"

	"tracer/sim"
	"tracer/sim/docker"
)

// Scenario is one lesson: a network, the traffic to send through it, and what a run must
// show.
type Scenario struct {
	Name  string
	Title string // one line
	Group string // the topic, one of [Groups]; may be empty

	Course  int      // its number in the course, from 1; 0: none
	Minutes int      // how long it takes; 0: not given
	After   []string // the scenarios that the student should know first

	Lesson
	Fault      string // the fault that was applied, or empty
	FaultTitle string

	Topology  sim.Topology
	Traffic   []sim.Request // sent one after the other
	Expect    []Expectation
	Faults    []Fault
	Published []Published // in the order of the file

	Engines map[string]docker.Engine // by node: what has been installed in Topology
	// WrittenFor is the release of Docker Engine that the scenario names, if another one is
	// installed; otherwise empty. Its texts are about that release, and it has no expectations.
	WrittenFor string
	Lacking    []string // faults that need the rules of that release, and so are not in Faults
}

// Lesson is what a scenario, or one of its faults, teaches. All texts are plain; they may
// be empty.
type Lesson struct {
	Story    string // sets the scene, and gives nothing away
	Question string // what the student is to predict
	Answer   string
	Refutes  string // the misconception that the run proves wrong, in one sentence
}

// Groups lists the topics of scenarios, in the order of the course.
func Groups() []string {
	return []string{
		"Wires and routes", "Address translation", "Out of the container", "Published ports", "Inside the host", "Between networks",
	}
}

// Published is one published port, for a run's headline.
type Published struct {
	Service string
	Port    string // "80:5000"
}

// Expectation is one thing that every run must show: the answer to a request, properties of
// packets, how many packets have them, or the counter of a rule. The kind follows from the
// fields that are set.
type Expectation struct {
	Line int // in the scenario file

	Proves []string // ids of rows of the articles

	Answer  string          // the answer to a request: "200 Hello"
	Replies []ExpectedReply // to a ping, all of them in order; each must have a round-trip time
	Request int             // the number of the request that got the answer, or sent the packets; 0: any

	Every   string // "packet": holds for every packet of the traffic; "frame": each is in exactly one packet
	Packet  string // the summary of the packet: "TCP SYN"
	From    string // the node that sent it; empty for any
	Nth     int    // which of several such packets, from 1; 0: the first
	Count   int    // how many packets are as expected, if Counted
	Counted bool

	Rule    string // "TABLE CHAIN RULE"
	Packets int    // the rule's packet counter; -1: no rule

	Listing string   // "NODE COMMAND", such as "host iptables -t nat -nvL"
	Lines   []string // that it must contain, in any order; a run of blanks counts as one

	// The expected properties of a packet. Empty fields and nil lists are not checked.
	Direction   string // within its flow: "original" or "reply"
	Hops        []string
	Identity    []string // the evidence that each sighting is the same packet as the one before: one of these
	Outcome     string
	Node        string // where it ended
	Hook        string // the hook at which it was dropped
	By          string // what dropped it: "TABLE CHAIN RULE", "TABLE CHAIN" for a policy, or the reason
	Reason      string // why it ended
	ReportedBy  string // the summary of the ICMP error or reset that reports it, or Nothing
	Changes     []ExpectedChange
	Steps       []string // all rules it matched, in order, and chains whose policy applied
	Missed      []string // all rules that were evaluated without a match, in order
	UntouchedBy string   // a table of which it met no rule
	NAT         []string // the translations of its flow's addresses
	Entry       string   // its effect on the conntrack entry: "created", "unconfirmed"
	TCPState    string   // the final state of its flow's entry
}

// ExpectedReply is what a reply to a ping must be like.
type ExpectedReply struct {
	Sequence int
	TTL      int // with which it arrives; 0: any
}

// Nothing as ReportedBy means that no packet reports it.
const Nothing = "nothing"

// ExpectedChange is a change that a packet must show. Empty fields match anything.
type ExpectedChange struct {
	Field string
	From  string
	To    string
	Hook  string
	Cause string
	By    string // the rule, the route, or the interface
	// Neighbour is the next hop whose neighbour entry was used.
	Neighbour netip.Addr
}
