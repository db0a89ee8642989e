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
// with forwarding on, and with the rules of `docker run -p` in the tables nat and filter.
//
// The rules are those of Engine 20.10, as a real 20.10.24 with the userland proxy installs
// them; releases up to 27 use the same. Later engines, IPv6 and the userland proxy itself
// are not included.
package docker
