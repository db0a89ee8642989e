// Package packet decodes packets, and determines what identifies them.
//
//	Ethernet frame ────────────┐
//	captured bytes, any link ──┼─▶ Decoder ─▶ Packet ─┬─ Headers  what views show
//	headers at a netfilter hook┘                      ├─ Key      what forwarding and NAT leave unchanged
//	                                                  └─ Hash     the rest of what they leave unchanged
//
// Netfilter reports only the first 20 bytes after the IP header. A [Key] can be computed
// from these as well as from a whole frame, so it joins both kinds of sightings. The
// [Packet.Hash] needs the whole packet.
//
// Decoding allocates only for what ICMP errors quote. Any bytes can be decoded: fields that make
// no sense are zero, and every packet has a key.
package packet
