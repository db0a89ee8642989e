// Package iptables is a model of IPv4 iptables rules. It converts between the text that
// "iptables -S" prints, the nf_tables expressions in the kernel, and Go values.
//
//	   Ruleset                  text: Table.List, Rule.String
//	┌───────────┐  ───────────▶  -A DOCKER -i docker0 -j RETURN
//	│ Table     │  ◀───────────  ParseRule, Commands, Edit
//	│  └ Chain  │    Install     ┌──────────────────────────┐
//	│     └ Rule│  ───────────▶  │ kernel (nf_tables)       │
//	└───────────┘  ◀───────────  │  meta iifname, cmp       │
//	      │           Read       │  counter                 │
//	      │       with handles   │  immediate return        │
//	      │       and counters   └──────────────────────────┘
//	      ▼                         ▲
//	[]rule.Table: Neutral           └ iptables and nft read and write the same rules
//
// Install and Read use the format of iptables-nft 1.8.9. So no iptables program is
// needed, and an installed one can list, change and delete the rules.
//
//	rules, err := iptables.Commands("-t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE")
//	err = rules.Install()       // in the calling thread's network namespace
//	now, err := iptables.Read() // the same rules, with handles and counters
//
// Outside this package and sim/docker, rules have the types of sim/rule: a [Ruleset] is
// a [tracer/sim/rule.Rules], and [Ruleset.Neutral] returns what is needed to follow
// packets.
//
// # Parts that are not understood
//
// A rule in the kernel may have parts that the model lacks. They become [Opaque] and
// print in square brackets, in their place: "-p icmp [match icmp rev 0] [target LOG rev
// 0]". Everything outside the brackets is exact: a part counts as understood only if all
// its attributes and flags are.
//
// # Differences from iptables -S
//
// The text of a rule without opaque parts is that of iptables -S, except where iptables
// prints something other than what the kernel does:
//
//   - For "! --sport A ! --dport B" with single ports, iptables writes "not both" to the
//     kernel. Install writes what the text means; iptables' form is opaque.
//   - If a rule has two "-m tcp" with the same port option, iptables lists only the last.
//   - iptables does not print sets, continue and some other nf_tables expressions. They are
//     opaque.
//   - iptables does not list chains with a foreign hook or priority. They are listed below a
//     comment.
//
// The names of less common protocols are those of Debian's /etc/protocols. Comments that
// nft attaches to rules are ignored. A rule without a counter reads as one with counter
// 0.
//
// # Not supported
//
// IPv6; REDIRECT, LOG, REJECT, "-g", comments, marks, and all other matches and targets;
// options of "-m tcp" other than ports; port 0.
package iptables
