// Package survey counts what the packets of large captures have in common.
//
//	trace.Walk ──▶ Tally.Add ──▶ Tally.Survey: mappings, latencies, paths, losses, …
//
// A [Tally] takes in walks one by one and keeps none. What it keeps is of the size
// of what it finds: a counter for each path of each kind of connection, a histogram
// for each stride, and three examples of what is out of the ordinary.
//
// # What counts as lost
//
// Which points a packet should have been seen at nothing says but other packets. A
// class is all connections to the same service: protocol, address and port. In each
// of its directions the usual path is the longest that at least one in twenty of
// its packets took. Who was seen on a part of it is lost where the rest begins, or
// if seen further on, was only not captured. Where no packet of a class ever went
// further, nothing is said. Where nothing at all was captured any more at the point
// that lacks it, the capture may have ended, and that is said.
package survey
