// Package listing prints a recorded node as the tools of its machine would: iptables, nft, ip,
// bridge, docker and cat.
//
//	trace.Node ──Lines(node, "iptables -t nat -nvL")──▶ Chain PREROUTING (policy ACCEPT 2 packets, 120 bytes)
//	                                                     pkts bytes target     prot opt in     out  …
//	                                                        1    60 DOCKER     all  --  *      *    …
//
// What is printed was read from the kernel, or from Docker, when the trace was recorded; no
// program runs. The text is that of iptables (nf_tables), nft 1.0.6 and iproute2 6.1, without blanks
// at the ends of lines. Tests compare it with the real programs. It differs from iptables in
// two points:
//
//   - A protocol has its name. Of all versions, 1.8.9 and 1.8.10 print its number.
//   - If the kernel does not count the packets to which a policy was applied, there are no
//     counters beside it. iptables prints zeros.
//
// Of docker's output, only what concerns networks is printed.
//
// A trace that lacks what a listing needs, such as one from an early version of tracer or
// from captures, makes Lines return a [MissingError]; it never prints a zero for what is not
// known.
package listing
