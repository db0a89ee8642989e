// Package sim builds small networks out of real Linux network namespaces.
//
// It has two halves. The first is a spec: [Topology] and what hangs off it are
// plain values that say which nodes, links, addresses, routes, rules and
// services there are. A spec is deterministic, can be compared, validated and
// printed on any operating system, and touches nothing.
//
// The second is an object: [Build] turns a Topology into a [Lab], and from
// then on the kernel does the networking.
//
//	 Topology ──Validate──▶ Build ──▶ Lab
//	 (values)                        ├─ one network namespace per node
//	                                 ├─ veth pairs, bridges, addresses, routes
//	                                 ├─ sysctls, iptables rules
//	                                 └─ services, and requests sent to them
//
//	lab, err := sim.Build(ctx, topology, sim.Options{})
//	if err != nil {
//		return err
//	}
//	defer lab.Close()
//	response := lab.Send(ctx, sim.Request{From: "client", URL: "http://192.168.52.203/"})
//
// # Where a namespace lives
//
// Namespaces are anonymous. Each is held by one operating-system thread of this
// process, which made it and stays in it (sim/netns), so there is no mount, no
// name and no file to clean up: when the process ends, in whatever way, the kernel
// takes the namespaces and all that is in them away. The machine's own network
// namespace is never entered and never changed.
//
// # What it leaves out
//
// Nothing here looks at packets; that is package trace. Docker's ways of naming
// and its rules are in sim/docker, the rule model in sim/iptables, the clients and
// servers in sim/traffic. A lab only says in which node they work.
package sim
