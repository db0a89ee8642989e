package sim

import (
	"net/netip"

	"tracer/sim/resolver"
)

// Service is a server on a node: a built-in one, or the user's own program.
type Service struct {
	Port uint16
	Bind netip.Addr // zero: all of the node's addresses, of a Proxy, or Held, those of IPv4

	// The built-in HTTP server answers every request with Body and then closes the
	// connection, as an HTTP/1.1 server may (RFC 9112, 9.6).
	Body string

	UDP   bool   // a UDP server, which answers each datagram with Body, or a UDP Proxy
	Names []Name // a DNS server over UDP for these names

	// Resolver is Docker's own DNS server. It uses UDP or TCP.
	Resolver *Resolver

	// Proxy is the address to which the stand-in for docker-proxy forwards connections, or
	// datagrams.
	Proxy netip.AddrPort

	// Keep is whether a UDP Proxy answers from the address that was asked, as docker-proxy
	// does since Engine 28. Otherwise the kernel chooses.
	Keep bool

	// Held is whether the port is only occupied, as by dockerd without docker-proxy: nobody
	// answers.
	Held bool

	// Exec is a program and its arguments, run in the node's network namespace. As in a
	// container, it is process 1 of its own PID namespace. It is ready once it listens
	// on Port.
	Exec []string
	Dir  string // working directory; empty: the current one
}

// Name is one name that a DNS server knows.
type Name struct {
	Host    string // "www.example.com"
	Address netip.Addr
}

// Resolver is the DNS server that Docker runs in a container. What its directory does not have,
// it asks of other servers.
type Resolver struct {
	resolver.Directory
	Servers []Nameserver // in the order in which they are asked
	Fails   bool         // it reports a failure if none of them answers; otherwise it does not reply
}

// Nameserver is a DNS server, and the node from which it is asked.
type Nameserver struct {
	Address netip.Addr
	From    string // empty: the resolver's own
}

// Splice is a pair of connections joined by a proxy, or of exchanges of datagrams. Each is
// given by its source and destination.
type Splice struct {
	Node           string
	Protocol       string // "TCP" or "UDP"
	Client, Server [2]netip.AddrPort
}

// Program reports whether the service is the user's own program.
func (s Service) Program() bool { return len(s.Exec) > 0 }

// bind returns the address to listen on. six is whether the node has IPv6 addresses: then "::"
// stands for all of both families.
func (s Service) bind(six bool) netip.Addr {
	switch {
	case s.Bind.IsValid():
		return s.Bind
	case six && !s.Proxy.IsValid() && !s.Held:
		return netip.IPv6Unspecified()
	}
	return netip.IPv4Unspecified()
}
