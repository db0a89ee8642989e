// Package rule describes firewall rules independently of the engine that holds them.
//
// An engine (sim/iptables, and others beside it) writes rules to the kernel and reads
// them back in types of its own. Whoever follows a packet needs only four things of a
// rule: where it stands, its text, what it may rewrite, and why a packet did not match.
//
//	iptables.Ruleset ─┐
//	 (other engines) ─┴─▶ []Table ─▶ Chain ─▶ Rule ─┬─ Text      "-p tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000"
//	                                                ├─ NAT       destination, 172.17.0.2, port 5000
//	                                                └─ Mismatch  "--dport 80", was "443"
//
// [Rules] is the other direction: rules that a lab can install without knowing their
// engine.
package rule
