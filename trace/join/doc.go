// Package join puts the sightings of one packet together.
//
// A packet is seen at several points, one interface after another. Each is a sighting:
// when, where, and with which headers. A [Track] is all sightings of one packet, in the
// order of its path.
//
//	point 0   point 1   point 2          sightings, in order of time
//	  SYN ─┐    SYN ─┐    SYN ─┐
//	       └─────────┴─────────┴──▶ Joiner ──▶ Track #1: 0, 1, 2
//	  SYN' ──────────────────────▶    │   ──▶ Track #2: 0
//	                                  │
//	                               Topology: how well does a sighting continue a track?
//
// The [Joiner] compares only sightings with equal keys ([packet.Key]): the fields that
// forwarding and NAT leave unchanged. A [Topology] decides which of the tracks with that
// key a sighting continues. There are two topologies: package correlate knows the network
// and its connections, package stitch only what was captured.
//
// # Equal packets
//
// Packets that are under way at the same time can be equal in every field that is compared.
// If a sighting fits several tracks equally well, the oldest gets it, and the others are
// recorded as its rivals.
package join
