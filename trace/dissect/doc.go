// Package dissect decodes frames for people to read, like Wireshark's packet details but
// shorter.
//
// [Packet] splits the bytes into layers, from the outermost inward, and each layer into
// fields. Layers and fields have their offsets, so a view can highlight the bytes of a
// line:
//
//	0            14                   34                   54            138
//	├────────────┼────────────────────┼────────────────────┼─────────────┤
//	│  Ethernet  │        IPv4        │        TCP         │    HTTP     │
//	└────────────┴────────────────────┴────────────────────┴─────────────┘
//	                     │
//	                     ├ time to live     64                at 22, 1 byte
//	                     ├ protocol         6 (TCP)           at 23, 1 byte
//	                     ├ header checksum  0x28f5 [correct]  at 24, 2 bytes
//	                     └ …
//
// The code of each protocol adds the fields of its header and returns the protocol of the
// payload, until only data remains.
//
// # Unreadable bytes
//
// There are no errors. Bytes without a decoder become the last layer, "data". A
// header that is cut off or contradicts itself becomes a layer "truncated" or "malformed".
// Its field has the header's name and the reason, and the same bytes follow as data.
//
// # Checksums
//
// Checksums are verified. The result is one of
//
//	0x1c46 [correct]
//	0x1c46 [wrong, should be 0x1c47]
//	0x1c46 [partial: covers only the pseudo-header, as with checksum offload]
//	0x1c46 [not verified: the frame is truncated]
//
// The third is normal on veth pairs and bridges. Linux leaves the sum over the data to the
// network card (include/linux/skbuff.h, CHECKSUM_PARTIAL), and a frame that never reaches
// a card arrives without it.
//
// # Hostile input
//
// Frames may come from anyone. Text in them, such as an HTTP line or a domain name, is
// escaped as in a Go string, so names and values contain only printable characters. Values,
// fields and layers are bounded; anything left out is counted.
//
// # Limits
//
// Each frame is decoded on its own: fragments and segments are not reassembled, and
// sequence numbers are absolute. HTTP is recognized by its first line, DNS by UDP port 53 or
// by the address of Docker's DNS server, 127.0.0.11. Everything else is data, such as DNS
// over TCP, TLS, DHCP, LLC, tunnels (IP in IP, GRE, VXLAN) and ICMP extensions (RFC 4884).
package dissect
