// Package rule describes firewall rules independently of the engine that holds them.
//
// An engine (sim/iptables, and possibly others) writes rules to the kernel and reads
// them back in types of its own. To follow a packet, only four properties of a rule
// matter: its position, its text, what it may rewrite, and why a packet did not match.
//
//	iptables.Ruleset ─┐
//	 (other engines) ─┴─▶ []Table ─▶ Chain ─▶ Rule ─┬─ Text      "-p tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000"
//	                                                ├─ NAT       destination, 172.17.0.2, port 5000
//	                                                └─ Mismatch  "--dport 80", was "443"
//
// [Rules] works in the other direction: a lab can install rules without knowing their
// engine.
package rule
