// Package docker describes how Docker Engine builds bridge networks: which names and
// addresses it assigns, and which iptables rules it installs.
//
// It only adds to a [sim.Topology] what an engine would create.
//
//	engine := docker.Engine{
//		Version:    "20.10",
//		Networks:   []docker.Network{docker.DefaultBridge},
//		Containers: []docker.Container{{Name: "flask", Network: "bridge", Publish: ports}},
//	}
//	err := engine.Install(&topology, "host")
//
// turns a node without containers
//
//	host ── ens160
//
// into
//
//	host ─┬─ ens160
//	      └─ docker0 ─── veth… ═══ eth0 ── flask
//
// with forwarding enabled and the rules of `docker run -p` in the tables nat and filter.
//
// The rules are those that Engine 20.10.24 installs with the userland proxy; releases up
// to 27 install the same. Package sim/traffic has the stand-in for that proxy. Later
// engines and IPv6 are not modeled.
package docker
