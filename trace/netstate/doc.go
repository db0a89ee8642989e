// Package netstate reads what a network namespace looks like: its interfaces, addresses,
// routes and neighbours, its bridges' forwarding databases, its parameters, and its rules.
//
//	kernel ─┬─ rtnetlink  links, addresses, routes, routing rules, neighbours, databases    ─┐
//	        ├─ /proc/sys  forwarding, rp_filter and others of "all", bridge-nf-call-iptables ├─▶ Namespace
//	        ├─ /proc/net  multicast groups, tables of iptables-legacy                        │
//	        ├─ nf_tables  rules, with handles and counters                                   │
//	nft ────┴───────────  the text of rules that are not understood                         ─┘
//	kernel ── /proc/net   counters of packets received, delivered, lost ────────────────────▶ trace.Counts
//
// It reads the namespace of the calling thread, whether a lab's or a machine's.
//
// Package iptables reads and understands the rules of iptables-nft, package nft those of other
// tables. Of a rule that nft does not understand, only the place and the text are known: the
// text as the nft program prints it if that is installed, otherwise "[handle 5]". The program
// takes about 4 ms, so a [Reader] runs it only if there are such rules, and only after they
// have changed.
package netstate
