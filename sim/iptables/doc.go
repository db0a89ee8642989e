// Package iptables is a model of the rules of iptables and ip6tables. It converts between the text that
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
// Install and Read use the format of iptables-nft 1.8.9, but base chains count the packets
// to which their policy is applied, as those of 1.8.10 do. So no iptables program is
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
// The tables of IPv4 and IPv6 are separate, but one path of code handles both: a [Family] gives
// the command's name, the size of addresses and their place in the header, and the few matches
// and targets of its own (icmp6 and hl in place of icmp and ttl).
//
// # Matches and targets
//
// Everything about one match or target is in one file: its options, what iptables and the
// kernel would refuse, its expressions or C structure in the kernel, its text, and its
// meaning for a packet. A registry names them all, and docs/scenarios.md lists them.
//
//	"-m multiport --dports 80,443"                   "--dports 80,443", was "22"
//	        │ options      ▲ String                             ▲ fails
//	        ▼              │                                    │
//	┌───────────────────────────────────────────────────────────┴───┐
//	│ Multiport{DestinationSide, []PortRange{{80, 80}, {443, 443}}} │
//	└───────────────────────────────────────────────────────────────┘
//	        │ encode       ▲ read
//	        ▼              │
//	  match "multiport" rev 1, struct xt_multiport_v1 {1, 2, {80, 443, …}, …}
//
// iptables-nft writes some matches as plain nf_tables expressions (ports, TCP flags, marks,
// limits, fragments) and the others as xtables structures in host byte order.
//
// # Parts that are not understood
//
// A rule in the kernel may have parts that the model lacks. They become [Opaque] and
// print in square brackets, in their place: "-p icmp [match cpu rev 0] [target CLASSIFY rev
// 0]". Everything outside the brackets is exact: a part counts as understood only if it is
// written again with the same bytes.
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
// Matches and targets that the registry lacks, such as sets; addresses with masks that
// are not prefixes; port 0.
package iptables
