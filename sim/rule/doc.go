// Package rule describes firewall rules independently of the tool that made them.
//
// Two backends, sim/iptables and sim/nft, write rules to the kernel and read them back,
// each in types of its own. Following a packet requires a rule's place, its text, its
// possible effects on a packet, and why a packet did not match.
//
//	iptables.Ruleset ─┐
//	      nft.Ruleset ─┴─▶ []Table ─▶ Chain ─▶ Rule ─┬─ Text      "-p tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000"
//	                                                ├─ NAT       destination, 172.17.0.2, port 5000
//	                                                ├─ Sets      TTL, from 64 to 63
//	                                                ├─ Rejects   ICMP 3/3
//	                                                └─ Mismatch  "--dport 80", was "443"
//
// A rule's effects are tested by asking whether it can turn one value into another: the
// observed packet shows both. Its conditions are judged by [Facts]; a condition that no fact
// decides is never reported as failed.
//
// [Rules] works in the other direction: a lab can install rules without knowing their
// engine.
package rule
