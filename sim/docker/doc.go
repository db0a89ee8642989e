// Package docker describes how Docker Engine builds bridge networks: which names and
// addresses it assigns, and which firewall rules it writes.
//
// It only adds to a [sim.Topology] what an engine would create.
//
//	engine := docker.Engine{
//		Version:    "29",
//		Networks:   []docker.Network{docker.DefaultBridge()},
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
// with forwarding enabled and the rules of `docker run -p` in iptables or nftables.
//
// # Releases
//
// The releases do the same things, with exceptions. Each exception is a trait (release.go),
// and a release is a set of them:
//
//	traits + Options, Networks, Containers ──▶ plan ──▶ backend ──▶ rules of iptables or nftables
//	                                            │
//	                                            └─▶ docker-proxy
//
// A [plan] is what an engine needs its host's firewall to do, whatever the rules. There is one
// for IPv4 and one for IPv6, even if no network has IPv6: only 20.10 leaves ip6tables alone. The
// iptables backend turns a plan into rules in the order in which dockerd runs its commands:
// some rules are inserted and others appended, so the order of the networks and containers
// decides the order of the rules.
//
//	"20.10"  Engine 20.10.24; releases up to 27 write the same rules, 27 also for IPv6
//	"28"     Engine 28.5.2; those from 28.2 on write the same
//	"29"     Engine 29.7.2
//	"29-nftables"  the same with --firewall-backend=nftables
//
// All were measured: the tests compare the rules, what listens on the host, and the addresses,
// routes and parameters of hosts and containers with those of real engines.
//
// # What is left out
//
// Since Engine 28, a container announces its address when it starts; a lab's containers have
// been running for a while. Package sim/traffic has the stand-in for docker-proxy.
//
// Hosts do not forward before their engine starts. So with iptables, the policy of FORWARD is DROP
// unless an option says otherwise; with nftables, hosts forward as if the administrator had turned
// it on. Networks have IPv4, with or without IPv6; the default bridge has only
// IPv4. Left out are the gateway mode "isolated", --ip6tables, and fixed addresses for what
// networks masquerade (com.docker.network.host_ipv4).
package docker
