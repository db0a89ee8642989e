// Package resolver answers DNS queries like the server that Docker Engine runs for containers
// on user-defined networks.
//
//	program ── 127.0.0.11:53 ──▶ nat OUTPUT: DNAT ──▶ 127.0.0.11:PORT ──▶ Directory
//	                                                                       │ a name on one of the
//	                                                                       │ container's networks
//	   answer ◀────────────────────────────────────────────────────────────┤
//	                                                                       │ anything else
//	                                                                       ▼
//	                                                        the host's own name servers
//
// The engine creates the server's two sockets, UDP and TCP, in the container's network
// namespace, on ports that the kernel chooses. So port 53 stays free for the container's own
// server, and rules in the container redirect queries from port 53 to the chosen ports.
//
// A [Directory] is what one such server knows. It is a plain value; package sim/traffic has
// the sockets, and asks the other servers.
//
// # Names
//
// On each of its networks, a container is known by its name, its aliases and the first twelve
// digits of its ID. A name can be followed by that of a network. Case matters only in the names
// of networks. A name that several containers share has several addresses, in an order that
// changes with each answer. An address resolves to the container's name and network.
//
// # What is left out
//
// The names of Swarm services, and links between containers (--link).
package resolver
