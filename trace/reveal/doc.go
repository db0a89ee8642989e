// Package reveal shows a trace up to a position of the walk, and nothing after it, so that
// a student can predict what comes next.
//
//	packets   #1 ─────── #2 ─────── #3 ─────── #4 ─────── #5
//	          reached    reached    │ under way  to come    to come
//	                                │
//	#3        client/eth0 ─▶ host/ens160 ─▶ prerouting ─▶ DNAT ─▶ forward ─▶ docker0 ─▶ …
//	          reached                       reached       ▲       to come
//	                                                   Position
//
// [Upto] returns a projection: a trace that contains what has been reached, and what was
// there from the beginning, such as interfaces and routes. It is a function of the past: two
// traces that are equal up to a position have equal projections there. So a view that
// draws only from a projection gives nothing away.
//
//	packets    those before are whole; the current one ends at the position; later ones are missing
//	flows      ends, entry and translations as far as packets have shown them
//	rules      as they were before the commands to come; counters count the packets so far
//	bridges    have learned from the frames that have come in
//	requests   those that have begun, without the answer of the one that is running
//	references to later packets, such as the ICMP error that reports a drop, are missing
//	lesson     without its answer, the places that it is about, and the name of a fault
//
// At the end of the walk, the projection is the trace itself.
package reveal
