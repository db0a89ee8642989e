// Package iptables is one model of IPv4 iptables rules with three faces: the
// text that "iptables -S" prints, the expressions that the kernel holds, and
// the values a program works with.
//
//	   Ruleset                  text: Table.List, Rule.String
//	┌───────────┐  ───────────▶  -A DOCKER -i docker0 -j RETURN
//	│ Table     │  ◀───────────  ParseSpec, ParseRule
//	│  └ Chain  │     Apply      ┌──────────────────────────┐
//	│     └ Rule│  ───────────▶  │ kernel (nf_tables)       │
//	└───────────┘  ◀───────────  │  meta iifname, cmp       │
//	                   Read      │  counter                 │
//	  + handles                  │  immediate return        │
//	  + counters                 └──────────────────────────┘
//	                                ▲ iptables, nft: also
//	                                  write and read here
//
// The kernel side speaks the dialect of iptables-nft 1.8.9, so no iptables
// program is needed to make rules, and one that is there lists, changes and
// deletes them as its own.
//
//	rs := iptables.Ruleset{Tables: []iptables.Table{{Name: "nat", Chains: []iptables.Chain{
//		{Name: "POSTROUTING", Policy: iptables.Accept, Rules: []iptables.Rule{{
//			Source: iptables.Address{Prefix: netip.MustParsePrefix("172.17.0.0/16")},
//			Out:    iptables.Interface{Name: "docker0", Not: true},
//			Target: iptables.Masquerade{},
//		}}},
//	}}}}
//	fmt.Println(rs.Table("nat").List())  // … -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
//	err := rs.Install()                  // in the calling thread's network namespace
//	now, err := iptables.Read()          // the same, with handles and counters
//	r, err := iptables.ParseRule("-i docker0 -j RETURN")
//
// # What is not understood is shown
//
// A rule read back may have parts that the model lacks. They become [Opaque]
// and print in square brackets, in their place: "-p icmp [match icmp rev 0]
// [target LOG rev 0]". What stands outside of brackets is exact. A part counts
// as understood only if every attribute and flag of it does; [Rule.Understood]
// tells of a whole rule.
//
// # Where the text differs from iptables'
//
// For rules that the model understands the text is that of iptables -S, with
// these exceptions, all of them cases where iptables prints what the kernel
// does not do:
//
//   - "! --sport A ! --dport B", single ports: iptables writes "not both" into
//     the kernel. Apply writes what the text says; iptables' form is opaque.
//   - Two "-m tcp" with the same port option: iptables lists the last only.
//   - Sets, continue and other nf_tables expressions that iptables leaves out
//     of what it prints are opaque.
//   - A chain with a foreign hook or priority is listed below a comment, where
//     iptables hides it.
//
// Names of rarer protocols are those of Debian's /etc/protocols. A comment that
// nft attached to a rule is not shown, and a rule that nft made without a
// counter reads as one that has counted nothing.
//
// # What it leaves out
//
// IPv6; REDIRECT, LOG, REJECT, "-g", comments, marks and all other
// matches and targets; negated or option-carrying "-m tcp" beyond ports; ports
// of 0. Which rules Docker makes for what is package sim/docker's matter.
package iptables
