package sim

import "net/netip"

// Service is something that answers on a node: a built-in server, or a program of
// the user's.
type Service struct {
	Port uint16
	Bind netip.Addr // zero: all of the node's addresses

	// The built-in HTTP server answers every request with Body and closes the
	// connection after it, as an HTTP/1.1 server may (RFC 9112, 9.6).
	Body string

	UDP   bool   // datagrams instead: each is answered with Body
	Names []Name // the same, and it is a DNS server for these names

	// The stand-in for docker-proxy passes connections on to there.
	Proxy netip.AddrPort

	// A program and its arguments, run in the node's network namespace. As in
	// a container it is process 1 of a PID namespace of its own. It is ready
	// when it listens on Port.
	Exec []string
	Dir  string // working directory; empty: the current one
}

// Name is one name that a DNS server knows.
type Name struct {
	Host    string // "www.example.com"
	Address netip.Addr
}

// Splice is two connections that a proxy has joined: what comes by the one goes on
// by the other. Each has its source and its destination.
type Splice struct {
	Node           string
	Client, Server [2]netip.AddrPort
}

// Program reports whether the service is a program of the user's.
func (s Service) Program() bool { return len(s.Exec) > 0 }

// bind is the address to listen on.
func (s Service) bind() netip.Addr {
	if s.Bind.IsValid() {
		return s.Bind
	}
	return netip.IPv4Unspecified()
}
