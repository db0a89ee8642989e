// Package sim builds small networks of real Linux network namespaces.
//
// It has two parts. The first is a description: a [Topology] holds the nodes, links,
// addresses, routes, rules and services as plain values. It can be compared, validated
// and printed on any operating system, without side effects.
//
// The second is the network itself: [Build] turns a Topology into a [Lab], in which the kernel
// does the networking.
//
//	Topology ──Validate──▶ Build ──▶ Lab
//	(values)                         ├─ one network namespace per node
//	                                 ├─ veth pairs, bridges, addresses, routes
//	                                 ├─ sysctls, firewall rules (sim/rule)
//	                                 └─ services, and requests sent to them
//
//	lab, err := sim.Build(ctx, topology, sim.Options{})
//	if err != nil {
//		return err
//	}
//	defer lab.Close()
//	response := lab.Send(ctx, sim.Request{From: "client", URL: "http://192.168.52.203/"})
//
// # Lifetime of a namespace
//
// Namespaces are anonymous. Each is held by one operating-system thread of this process,
// which created it and stays in it (sim/netns). There is no mount, name or file to clean
// up: however the process ends, the kernel removes the namespaces and everything in
// them. The machine's own network namespace is never entered or changed.
//
// # Related packages
//
// Package trace observes packets. Docker's names and rules are in sim/docker, the rules in
// sim/iptables and sim/nft, the clients and servers in sim/traffic, and Docker's DNS server in
// sim/resolver.
package sim
