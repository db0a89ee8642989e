// Package stitch makes journeys of capture files: of captures that somebody took
// with tcpdump or Wireshark, at several places, while packets went by.
//
//	client.pcap ──read, decode──▶┐
//	ens160.pcap ──read, decode──▶┼─ clocks ─▶ in order of time ─▶ trace.Stitcher ─▶ trace.Walk
//	docker0.pcap ─read, decode──▶┘                                                  │
//	                                               survey of all, journeys of some ◀┘
//
// Each file is read by a goroutine of its own, and all sightings go through one
// Stitcher, in order of time. Files are of one clock each; by how much the clocks
// of two machines differ is estimated from packets that both have seen (see
// clock.go), before the first is joined.
//
// There is no evidence from any kernel. What changed a packet is deduced, and
// said to be. What is known for certain is where a packet was seen, when, and with
// which headers.
//
//	result, err := stitch.Files(ctx, []stitch.Source{stitch.File(ens160, "ens160.pcap"), stitch.File(docker0, "docker0.pcap")}, stitch.Options{})
//
// # Bounds
//
// What is kept does not grow with the files: some thousand sightings of each, the
// packets under way, the newest conversations, and the counts of the survey.
// Journeys are kept up to a limit.
//
// # Left out
//
// A segment that a network card will divide, or has put together (segmentation
// offload), is not what is on the wire: where one capture has it whole and another
// in parts, these are different packets.
package stitch
