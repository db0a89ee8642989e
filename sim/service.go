package sim

import "net/netip"

// Service is a server on a node: a built-in one, or the user's own program.
type Service struct {
	Port uint16
	Bind netip.Addr // zero: all of the node's addresses

	// The built-in HTTP server answers every request with Body and then closes the
	// connection, as an HTTP/1.1 server may (RFC 9112, 9.6).
	Body string

	UDP   bool   // a UDP server, which answers each datagram with Body, or a UDP Proxy
	Names []Name // a DNS server over UDP for these names

	// Proxy is the address to which the stand-in for docker-proxy forwards connections, or
	// datagrams.
	Proxy netip.AddrPort

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

// Splice is a pair of connections joined by a proxy, or of exchanges of datagrams. Each is
// given by its source and destination.
type Splice struct {
	Node           string
	Protocol       string // "TCP" or "UDP"
	Client, Server [2]netip.AddrPort
}

// Program reports whether the service is the user's own program.
func (s Service) Program() bool { return len(s.Exec) > 0 }

// bind returns the address to listen on.
func (s Service) bind() netip.Addr {
	if s.Bind.IsValid() {
		return s.Bind
	}
	return netip.IPv4Unspecified()
}
