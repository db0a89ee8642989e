// Package netstate reads what a network namespace looks like: its interfaces, addresses,
// routes and neighbours, its parameters, and its rules.
//
//	kernel ─┬─ rtnetlink  links, addresses, routes, neighbours ─┐
//	        ├─ /proc/sys  forwarding, bridge-nf-call-iptables  ─┼─▶ Namespace
//	        └─ nf_tables  rules, with handles and counters     ─┘
//
// It reads the namespace of the calling thread, whether a lab's or a machine's.
package netstate
