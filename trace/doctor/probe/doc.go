// Package probe tests the features of this machine for package doctor: for each, it builds
// and closes the smallest lab that needs it.
//
//	doctor.Examine ─▶ Machine().Try(DNAT) ─▶ a lab with one node, and a DNAT rule ─▶ nil, or why not
package probe
