// Package judge generates networks that nobody has thought of, and judges what a trace says
// about them by evidence of its own.
//
//	seed ─▶ Generate ─▶ Network ─▶ Build ─▶ World ─┬─ Send: traffic that carries tags
//	          (or Parse: a script)                 │
//	                                               ├─▶ trace/live ───────────────────────▶ Trace ─┐
//	                                               │                                              ├─▶ Judge ─▶ Verdict
//	                                               └─▶ Observe: rings of frames, counters  ─▶ Evidence ─┘
//	                                                   of rules and of the IP layer, conntrack,
//	                                                   what programs received, routes as the
//	                                                   kernel gives them
//
// A [Network] is real: namespaces, veth pairs, bridges, and the commands of ip, iptables,
// nft and sysctl. It is also a short script, which a failing test prints and which can be
// kept in testdata:
//
//	node client1 client
//	node router1 router
//	wire client1/eth0 router1/lan1
//	router1: ip address add 10.1.0.2/24 dev lan1
//	router1: iptables -A INPUT -p udp -m udp --dport 53 -j DROP
//	client1: send udp 10.1.0.2:53 count=2
//
// # Identity
//
// The payload of every datagram and echo is a [Tag], repeated every 16 bytes: whose it is,
// and its number. So a fragment, an answer, or an ICMP error, which on Linux quotes payload,
// too, says which packet it is of, whatever was done to the headers. A TCP segment is known by
// its sequence numbers, identification and time stamps, which no NAT changes. That is a
// packet's [Key]: two journeys with one key are one packet that was split, and two keys in
// one journey are two packets that were mixed up. Datagrams that are equal on purpose are
// only counted.
//
// # Evidence
//
// Nothing here is shared with the packages that follow packets: frames are decoded again,
// rules are read from iptables-save and nft, fates are added up and compared with the
// kernel's counters, and routes are asked of the kernel, one by one:
//
//	said ≤ counted ≤ said + what the trace admits not to know
//
// What a trace states is true or false. What it admits not to know is not false, but the
// [Verdict] counts it, so that silence is no way out.
//
// Only tests may import it.
package judge
