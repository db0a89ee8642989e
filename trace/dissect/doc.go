// Package dissect takes one Ethernet frame apart, for a person to read: what
// Wireshark shows as packet details, but compact.
//
// [Frame] turns the bytes into layers, from the outside to the inside, and each
// layer into fields. Every one of them knows where it is, so that a view can
// mark the bytes that a line speaks of:
//
//	0            14                   34                   66            138
//	├────────────┼────────────────────┼────────────────────┼─────────────┤
//	│  Ethernet  │        IPv4        │        TCP         │    HTTP     │
//	└────────────┴────────────────────┴────────────────────┴─────────────┘
//	                     │
//	                     ├ time to live     64                at 22, 1 byte
//	                     ├ protocol         6 (TCP)           at 23, 1 byte
//	                     ├ header checksum  0x28f5 [correct]  at 24, 2 bytes
//	                     └ …
//
// Printing a frame takes two loops:
//
//	for _, layer := range dissect.Frame(b) {
//		fmt.Printf("%s, %d bytes\n", layer.Name, layer.Length)
//		for _, field := range layer.Fields {
//			fmt.Printf("    %s: %s\n", field.Name, field.Value)
//		}
//	}
//
// # What cannot be read
//
// Nothing is an error. Bytes that no decoder knows are the last layer, "data".
// A header that the frame cuts off, or that contradicts itself, gives one layer
// more before it, "truncated" or "malformed", whose field names the header and
// says what is wrong; it covers the same bytes as the data.
//
// # Checksums
//
// They are computed and compared, so a checksum is one of
//
//	0x1c46 [correct]
//	0x1c46 [wrong, should be 0x1c47]
//	0x1c46 [not complete: only the pseudo header is summed, as with checksum offload]
//	0x1c46 [not verified: the frame is cut off]
//
// The third is the usual one on veth and bridges: Linux leaves the sum over the
// data to the network card (include/linux/skbuff.h, CHECKSUM_PARTIAL), and a
// frame that never reaches a card is delivered without it. Only a checksum that
// equals the sum of the pseudo header is called that.
//
// # Text from the network
//
// What a frame says itself, such as an HTTP line or a DNS name, comes escaped as
// in a Go string: values and names hold no control character and no invalid
// UTF-8. They are also bounded, and so are the number of fields and layers; what
// is left away is said.
//
// # Left out
//
// Each frame is taken by itself: nothing is put together from fragments or
// segments, and sequence numbers are raw. Ports do not tell a protocol, except
// UDP port 53: HTTP is known by its first line. DNS over TCP, TLS, DHCP, LLC,
// tunnels (IP in IP, GRE, VXLAN) and ICMP extensions (RFC 4884) are "data", and
// so is what follows the header inside of an ICMP error's quotation. The frame
// check sequence is not there: network cards keep it to themselves.
//
// gopacket gives the numbers of the protocols. Its decoders give values without
// places, and panic or return nothing for headers that are cut off, so the
// headers are read here.
package dissect
