// Package nfevents reads netfilter's multicast groups. The readers of rule traces and of
// conntrack events are each a [Reader] with its own decoder.
//
//	kernel ──datagram──▶ queue ──message──▶ decode ──event──▶ f
//	                       │ overflow          │ error
//	                       └───────▶ Lost ◀────┘
package nfevents
