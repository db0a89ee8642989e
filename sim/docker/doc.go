// Package docker knows how a Docker Engine builds bridge networks: the names
// and addresses it gives, and the iptables rules it installs.
//
// It is pure: it adds what an engine would make to a [sim.Topology].
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
// with forwarding on and the rules of `docker run -p` in its tables nat and
// filter.
//
// The layout of the rules is the one of Engine 20.10, as a real 20.10.24
// installs it with the userland proxy on; releases up to 27 keep it. Later
// engines, IPv6 and the userland proxy itself are not here.
package docker
