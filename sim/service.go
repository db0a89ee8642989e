package sim

import "net/netip"

// Service is something that answers on a node: the built-in HTTP server, or a
// program of the user's. Exactly one of the two is set up.
type Service struct {
	// Built-in HTTP server. It answers every request with Body and closes the
	// connection after it, as an HTTP/1.1 server may (RFC 9112, 9.6).
	Port uint16
	Bind netip.Addr // zero: all of the node's addresses
	Body string

	// A program and its arguments, run in the node's network namespace. As in
	// a container it is process 1 of a PID namespace of its own. It is ready
	// when it listens on Port.
	Exec []string
	Dir  string // working directory; empty: the current one
}

// Program reports whether the service is a program of the user's.
func (s Service) Program() bool { return len(s.Exec) > 0 }
