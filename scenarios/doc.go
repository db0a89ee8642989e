// Package scenarios holds tracer's lessons and reads those of others.
//
// A scenario is a YAML file: the nodes of a network, the containers on them,
// the traffic to send, and what must be seen when it is sent. [Load] turns one
// into a [Scenario], whose Topology package sim can build:
//
//	flask-demo.yaml ──Parse──▶ Scenario ─┬─ Topology  ──▶ sim.Build
//	                                     ├─ Traffic   ──▶ Lab.Send
//	                                     └─ Expect    ──▶ checked after the run
//
// Reading is strict. A key that is not known, a value of the wrong shape, an
// address that two nodes share: all such [Problems] of a file are found in one
// reading, each with its line and column and with what would be accepted, and
// nothing is built from a file that has any.
//
// The package is data and a reader. Whether the expectations were met is for
// package trace/expect to say.
package scenarios
