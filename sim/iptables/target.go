package iptables

import "tracer/sim/rule"

// Verdict ends the evaluation of a chain.
type Verdict uint8

// The verdicts.
const (
	Accept Verdict = iota + 1
	Drop
	Return // continue in the calling chain, or apply the base chain's policy
)

// Codes of verdicts (linux/netfilter.h and enum nft_verdicts in
// linux/netfilter/nf_tables.h).
const (
	codeDrop   = 0
	codeAccept = 1
	codeJump   = -3
	codeGoto   = -4
	codeReturn = -5
)

// String returns "ACCEPT", "DROP", "RETURN" or "unknown".
func (v Verdict) String() string {
	switch v {
	case Accept:
		return "ACCEPT"
	case Drop:
		return "DROP"
	case Return:
		return "RETURN"
	}
	return "unknown"
}

func (Verdict) listed() string { return "" }

func (v Verdict) problems(p place) (out []string) {
	if v != Accept && v != Drop && v != Return {
		out = append(out, "unknown verdict")
	}
	if v == Drop && p.table == "nat" {
		out = append(out, "nat is not for filtering: DROP cannot be used")
	}
	return out
}

func (v Verdict) encode(c *code) {
	c.add(verdictOf{code: map[Verdict]int32{Accept: codeAccept, Drop: codeDrop, Return: codeReturn}[v]})
}

func (v Verdict) effect(r *rule.Rule) {
	r.Verdict = map[Verdict]rule.Verdict{Accept: rule.Accept, Drop: rule.Drop, Return: rule.Return}[v]
}

// Jump evaluates a user-defined chain, then continues after this rule if that chain
// reaches no verdict.
type Jump struct {
	Chain string
}

// String returns the chain's name.
func (j Jump) String() string { return j.Chain }

func (Jump) listed() string { return "" }

func (Jump) problems(place) []string { return nil }

func (j Jump) encode(c *code) { c.add(verdictOf{codeJump, j.Chain}) }

func (Jump) effect(*rule.Rule) {}

// Goto continues in a user-defined chain and does not return: after that chain, the caller of
// this chain continues, or a base chain's policy applies.
type Goto struct {
	Chain string
}

// String returns the chain's name.
func (g Goto) String() string { return g.Chain }

func (Goto) listed() string { return "" }

func (Goto) problems(place) []string { return nil }

func (g Goto) encode(c *code) { c.add(verdictOf{codeGoto, g.Chain}) }

func (Goto) effect(*rule.Rule) {}

// calls returns the chain in which a target continues.
func calls(t Target) (chain string, ok bool) {
	switch t := t.(type) {
	case Jump:
		return t.Chain, true
	case Goto:
		return t.Chain, true
	}
	return "", false
}
