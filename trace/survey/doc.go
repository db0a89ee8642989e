// Package survey counts what the packets of large captures have in common.
//
//	Track ──▶ Tally.Add ──▶ Tally.Survey: mappings, latencies, paths, losses, …
//
// A [Tally] takes in tracks one by one and keeps none. Its size depends on what it finds:
// a counter for each path, a histogram for each stride, three examples of anything out of
// the ordinary, and a hypothesis for each packet that may have been lost.
//
// # What counts as lost
//
// That a packet was not seen somewhere is only a hypothesis of its loss. Captures show
// neither where it should have been seen, nor that it did not arrive. So the survey looks
// for evidence against each hypothesis, and claims a loss only if it finds none:
//
//	            SYN       data      data
//	client ──────●─────────●─────────●────▶
//	docker0 ─────●───────────────────●────▶   others of its direction went on, to one point
//	                       ?
//	             ◀──── acknowledged? ────      nothing was, until the bytes were sent again
//
// Against it speaks anything that presupposes the packet: an acknowledgement, an answer,
// an ICMP error, its bytes in other segments. So does an equal packet under way at the
// same time, and a capture that had ended, or that missed packets that are known to have
// passed. Most packets of the same direction of the same connection must have gone on, all
// to the same point: other clients may use other ways. In TCP, the bytes must have been
// sent again; for a datagram or an echo, the captures must go on for long enough to hold
// an answer, and datagrams before it must have had one.
package survey
