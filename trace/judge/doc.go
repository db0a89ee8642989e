// Package judge generates random networks, and judges what a trace states about them by
// evidence of its own.
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
// A [Network] is real: namespaces, veth pairs and bridges, configured with ip, iptables, nft
// and sysctl. It is also a short script, which a failing test prints and which can be kept
// in testdata:
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
// The payload of every datagram and echo is a [Tag], repeated every 16 bytes: its sender and
// its number. So a fragment, an answer, or an ICMP error, which on Linux also quotes payload,
// identifies its packet, whatever happened to the headers. A TCP segment is identified by
// its sequence numbers, identification and time stamps, which no NAT changes. These form a
// packet's [Key]: two journeys with one key are one packet that was split, and two keys in
// one journey are two packets that were mixed up. Datagrams that are equal on purpose are
// only counted.
//
// # Evidence
//
// The judge shares no code with the packages that follow packets. It decodes frames itself,
// reads rules from iptables-save and nft, adds up fates and compares them with the kernel's
// counters, and asks the kernel for each route:
//
//	said ≤ counted ≤ said + what the trace admits not to know
//
// Captures alone show less. [JudgeCaptures] judges the traces made from them: tcpdump captures
// at all interfaces of a network, and in traces made from all files or from some, each packet
// must be one journey, each kind of NAT an entry's work, and each loss real.
//
//	World ──▶ tcpdump at each interface ──▶ trace/stitch, trace/survey ──▶ Trace ──▶ JudgeCaptures
//
// A trace's statements are true or false. What it admits not to know is not false, but the
// [Verdict] counts it, so that a trace cannot pass by stating nothing.
//
// Only tests may import it.
package judge
