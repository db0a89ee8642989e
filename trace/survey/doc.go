// Package survey counts what the packets of large captures have in common.
//
//	Track ──▶ Tally.Add ──▶ Tally.Survey: mappings, latencies, paths, losses, …
//
// A [Tally] takes in tracks one by one and keeps none. Its size depends on what it finds:
// a counter for each path of each kind of connection, a histogram for each stride, and
// three examples of anything out of the ordinary.
//
// # What counts as lost
//
// Only other packets show at which points a packet should have been seen. A class is all
// connections to the same service: protocol, address and port. In each direction, its
// usual path is the longest that at least one in twenty of its packets took. A packet
// that was seen on part of that path was lost where the rest begins; if it was seen
// further on, it was merely not captured. If no packet of a class ever went further,
// nothing is reported. If nothing at all was captured any more at the missing point, the
// capture may have ended, and the survey says so.
package survey
