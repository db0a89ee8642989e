// Package stitch builds journeys from capture files that somebody took with tcpdump or
// Wireshark, at several places at the same time.
//
//	client.pcap ──read, decode──▶┐
//	ens160.pcap ──read, decode──▶┼─ clocks ─▶ in order of time ─▶ Stitcher ─▶ Track
//	docker0.pcap ─read, decode──▶┘                                             │
//	                                          survey of all, journeys of some ◀┘
//
// Each file is read by its own goroutine, and all sightings go through one Stitcher in
// order of time. Each file is assumed to have a single clock. The difference between two
// machines' clocks is estimated from packets that both captured (see clock.go), before
// the first sighting is joined.
//
// There is no evidence from any kernel. What changed a packet is inferred, and marked as
// such. What is certain is where a packet was seen, when, and with which headers.
//
//	result, err := stitch.Files(ctx, []stitch.Source{stitch.File(ens160, "ens160.pcap"), stitch.File(docker0, "docker0.pcap")}, stitch.Options{})
//
// # Bounds
//
// Memory does not grow with the files. It holds some thousand sightings of each, the
// packets under way, the newest conversations, and the counts of the survey. Journeys are
// kept up to a limit.
//
// # Segmentation offload
//
// Between a program and the wire, data travels in packets that are larger than the MTU. A
// capture shows them before or after the kernel, or the network card, has divided them. If
// one capture has a packet whole and another one has its bytes in segments, with the headers
// that segmentation gives them, the packet was divided, and its segments are packets of their
// own: see division.go. For the same reason, a retransmission is a packet whose bytes passed
// one point before, in other packets, and no packet is missing where its bytes passed.
//
// # Left out
//
// The reverse, segments merged into one packet (GRO), shows as different packets, without
// saying so. The same holds for the fragments of a datagram that a bridge with br_netfilter
// reassembles and fragments again.
package stitch
