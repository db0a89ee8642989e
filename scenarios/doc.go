// Package scenarios contains tracer's lessons and reads scenario files.
//
// A scenario is a YAML file: the nodes of a network, the containers on them, the traffic to
// send, and what a run must show. [Load] turns it into a [Scenario]:
//
//	flask-demo.yaml ──Parse──▶ Scenario ─┬─ Topology  ──▶ sim.Build
//	                                     ├─ Traffic   ──▶ Lab.Send
//	                                     └─ Expect    ──▶ checked after the run
//	                              │
//	                              └─ WithFault ──▶ the same with a fault: other kernel
//	                                               parameters, rules, expectations
//
// Parsing is strict. It reports all [Problems] of a file at once, such as an unknown key, a
// value of the wrong type, or an address that two nodes share. Each has its line and column,
// and says what would be accepted. Nothing is built from a file with problems.
//
// Package trace/expect checks the expectations.
package scenarios
