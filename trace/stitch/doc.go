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
// Between a program and the wire, data may travel in packets that are larger than the MTU. A
// capture shows them before or after the kernel or the network card has divided them. If one
// capture contains a packet whole, and another contains its bytes in segments with the headers
// that segmentation gives them, the packet was divided, and its segments are separate packets:
// see division.go. For the same reason, a packet is a retransmission only if its bytes already
// passed the same point in other packets, and no packet counts as missing at a point that its
// bytes passed.
//
// # Left out
//
// Segments that are merged into one packet (GRO) show as unrelated packets, without a note. The
// same applies to the fragments of a datagram that a bridge with br_netfilter reassembles and
// fragments again.
package stitch
