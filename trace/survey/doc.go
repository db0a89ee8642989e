// Package survey counts what the packets of large captures have in common.
//
//	Track ──▶ Tally.Add ──▶ Tally.Survey: mappings, latencies, paths, losses, …
//
// A [Tally] takes in tracks one by one and keeps none. Its size depends on what it finds:
// a counter for each path, a histogram for each stride, three examples of each anomaly, and a
// hypothesis for each packet that may have been lost.
//
// # What counts as lost
//
// If a packet was not seen somewhere, its loss is only a hypothesis. Captures show neither
// where it should have been seen, nor that it did not arrive. So the survey looks for
// evidence against each hypothesis, and reports a loss only if it finds none:
//
//	            SYN       data      data
//	client ──────●─────────●─────────●────▶
//	docker0 ─────●───────────────────●────▶   others of its direction went on, to one point
//	                       ?
//	             ◀──── acknowledged? ────      nothing was, until the bytes were sent again
//
// Anything that presupposes the packet is evidence against its loss: an acknowledgement, an
// answer, an ICMP error, its bytes in other segments. So is an equal packet in transit at
// the same time, and a capture that had ended, or that missed packets known to have passed.
// Most packets of the same direction of the same connection must have gone on, all to the
// same point: other clients may use other paths. With TCP, the bytes must have been
// retransmitted; for a datagram or an echo, the captures must continue long enough to
// contain an answer, and earlier datagrams must have been answered.
package survey
