package trace

// Step is one thing that netfilter did with a packet.
type Step struct {
	Hook     Hook
	RuleRef  // the rule; without a handle it is the chain's policy, or its end
	Verdict  Verdict
	Terminal bool // the verdict ended the evaluation at the hook's chain

	// Unmatched are the rules evaluated before this one without a match, since the
	// previous step in the same chain.
	Unmatched []Unmatched
}

// RuleRef names a rule of a node.
type RuleRef struct {
	Table  string // "nat"
	Chain  string // "DOCKER"
	Handle uint64 // unique within the table; 0: no rule
	Text   string // the rule as its engine's tool prints it, without the chain
}

// String returns the rule as "nat DOCKER -j RETURN", or only its chain.
func (r RuleRef) String() string {
	if r.Text == "" {
		return r.Table + " " + r.Chain
	}
	return r.Table + " " + r.Chain + " " + r.Text
}

// Unmatched is a rule that was evaluated without a match.
type Unmatched struct {
	Handle    uint64
	Text      string
	Condition string // the first condition that failed: "-i docker0"; empty if unknown
	Was       string // the packet's value: "ens160"; empty if it has none
}
