// Package nfevents reads netfilter's multicast groups. The readers of rule traces
// and of conntrack events are both a [Reader] with a decoder of their own.
//
//	kernel ──datagram──▶ queue ──message──▶ decode ──event──▶ f
//	                       │ overflow          │ error
//	                       └───────▶ Lost ◀────┘
package nfevents
