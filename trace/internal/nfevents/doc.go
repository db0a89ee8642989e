// Package nfevents listens to netfilter's multicast groups: the reading side
// that the readers of rule traces and of connection events have in common.
//
//	kernel ──multicast──▶ Listener.Run ──▶ f(message) … until Stop, then the rest
package nfevents
