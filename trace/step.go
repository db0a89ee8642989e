package trace

import "strconv"

// Step is one action of netfilter on a packet.
type Step struct {
	Hook     Hook    `json:"hook"`
	Priority int     `json:"priority,omitempty"` // of the base chain, if its table is not iptables'
	RuleRef          // the rule; without a handle, the chain's policy or its end
	Verdict  Verdict `json:"verdict"`
	Terminal bool    `json:"terminal,omitempty"` // the verdict ended the base chain's evaluation
	// Element is the element of a map that gave the verdict; nil: none did, or it is not
	// known which.
	Element *Element `json:"element,omitempty"`

	// Fragments is how many fragments of a datagram took the step, if its fragments met the
	// rules one by one, because the node does not track connections or reassembled the datagram
	// later. The steps of fragments that took a different path follow.
	Fragments int `json:"fragments,omitempty"`

	// Unmatched lists the rules that were evaluated without a match since the previous
	// step in the same chain.
	Unmatched []Unmatched `json:"missed,omitempty"`
}

// Element is an element of a verdict map of nftables, as nft prints it.
type Element struct {
	Map     string  `json:"map,omitempty"` // "@jumps"; empty: the map is part of the rule
	Key     string  `json:"key"`           // "\"docker0\""
	Verdict Verdict `json:"verdict"`       // the step's
}

// String returns the element in nft's notation: "@jumps { "docker0" : jump inside }".
func (e *Element) String() string {
	text := "{ " + e.Key + " : " + e.Verdict.String() + " }"
	if e.Map != "" {
		text = e.Map + " " + text
	}
	return text
}

// RuleRef names a rule of a node.
type RuleRef struct {
	Table  string `json:"table"`          // "nat"
	Chain  string `json:"chain"`          // "DOCKER"
	Handle uint64 `json:"rule,omitempty"` // unique within the table; 0 if there is no rule
	Text   string `json:"text,omitempty"` // the rule as its engine's tool prints it, without the chain
}

// String returns the rule as "nat DOCKER -j RETURN", "nat DOCKER handle 7" if its text is not
// known, or only the chain.
func (r RuleRef) String() string {
	switch {
	case r.Text == "" && r.Handle != 0:
		return r.Table + " " + r.Chain + " handle " + strconv.FormatUint(r.Handle, 10)
	case r.Text == "":
		return r.Table + " " + r.Chain
	}
	return r.Table + " " + r.Chain + " " + r.Text
}

// Unmatched is a rule that was evaluated without a match.
type Unmatched struct {
	Handle    uint64 `json:"rule"`
	Text      string `json:"text"`
	Condition string `json:"condition,omitempty"` // the first condition that failed: "-i docker0"; empty if unknown
	Was       string `json:"was,omitempty"`       // the packet's value: "ens160"; empty if it has none
}
