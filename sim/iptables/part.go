package iptables

import "tracer/sim/rule"

// part is the common interface of matches and targets.
type part interface {
	String() string
	// listed returns the part as iptables -nL prints it below its column headings.
	listed() string
	// problems returns what iptables or the kernel would not accept.
	problems(place) []string
	// encode adds the expressions that iptables writes.
	encode(*code)
}

// Match is one "-m" part of a rule, such as [Ports], [ConnState] or [Opaque]. Its text
// begins with "-m".
type Match interface {
	part
	// fails returns the condition that a packet does not meet, if the facts show one.
	fails(*rule.Facts) (rule.Mismatch, bool)
}

// Target is what a rule does with a packet, such as [Verdict], [Jump], [DNAT] or [Opaque].
// Its text lacks the "-j".
type Target interface {
	part
	// effect adds what the target does to the neutral form of the rule.
	effect(*rule.Rule)
}

// place is where a rule is. For a rule by itself, only the family and the
// protocol are known.
type place struct {
	family   Family
	protocol Protocol
	table    string
	hooks    []baseChain // the base chains that lead to the rule
}

// only returns a problem unless the table is the one given.
func (p place) only(what, table string) (out []string) {
	if p.table != "" && p.table != table {
		out = append(out, what+" works only in table "+table)
	}
	return out
}

// at returns a problem for each base chain at another hook than those given.
func (p place) at(what string, hooks ...uint32) (out []string) {
	for _, b := range p.hooks {
		ok := false
		for _, h := range hooks {
			ok = ok || b.hook == h
		}
		if !ok {
			out = append(out, what+" does not work in "+b.name)
		}
	}
	return out
}

// needs returns a problem unless the rule has "-p" with one of some protocols.
func (p place) needs(what, names string, numbers ...ProtocolNumber) (out []string) {
	if !p.protocol.Not {
		for _, n := range numbers {
			if p.protocol.Number == n {
				return nil
			}
		}
	}
	return []string{what + " needs -p " + names}
}

// unjudged is embedded in matches that facts about one packet cannot decide: they depend on
// earlier packets, time, chance, or the sending process.
type unjudged struct{}

func (unjudged) fails(*rule.Facts) (rule.Mismatch, bool) { return rule.Mismatch{}, false }

// noEffect is embedded in targets that neither rewrite nor reject.
type noEffect struct{}

func (noEffect) effect(*rule.Rule) {}

func mismatch(not bool, condition, was string) (rule.Mismatch, bool) {
	if not {
		condition = "! " + condition
	}
	return rule.Mismatch{Condition: condition, Was: was}, true
}
