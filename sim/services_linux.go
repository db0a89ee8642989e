package sim

import (
	"context"
	"io"
	"net/netip"

	"tracer/sim/traffic"
)

// startServices starts all services and returns once they listen.
func (l *Lab) startServices(ctx context.Context) error {
	for _, n := range l.nodes {
		for _, s := range n.Services {
			start := l.startServer
			if s.Program() {
				start = l.startProgram
			}
			if err := start(ctx, n, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// startServer starts one of the built-in servers.
func (l *Lab) startServer(ctx context.Context, n *labNode, s Service) error {
	var server io.Closer
	var err error
	at := netip.AddrPortFrom(s.bind(l.topology.SpeaksIPv6(n.Name)), s.Port)
	address := at.String()
	if s.UDP {
		address = "udp " + address
	}
	switch {
	case s.Resolver != nil:
		server, err = l.startResolver(ctx, n, at, s)
	case s.Held:
		server, err = traffic.Hold(ctx, n, at, s.UDP)
	case s.Proxy.IsValid() && s.UDP:
		server, err = traffic.ServeUDPProxy(ctx, n, at, s.Proxy, s.Keep, l.joined(n, "UDP"))
	case s.Proxy.IsValid():
		server, err = traffic.ServeProxy(ctx, n, at, s.Proxy, l.joined(n, "TCP"))
	case s.UDP:
		server, err = traffic.ServeUDP(ctx, n, at, s.answer())
	default:
		server, err = traffic.ServeHTTP(ctx, n, at, s.Body)
	}
	if err != nil {
		return n.fail("listen on", address, err)
	}
	l.undo = append(l.undo, server.Close)
	return nil
}

// answer returns the function that answers a UDP service's datagrams.
func (s Service) answer() traffic.Answer {
	if s.Names == nil {
		return traffic.Text(s.Body)
	}
	return traffic.Names(func(host string) (addresses []netip.Addr) {
		for _, n := range s.Names {
			if n.Host == host {
				addresses = append(addresses, n.Address)
			}
		}
		return addresses
	})
}

// joined returns the function to which a proxy of a node reports what it has joined.
func (l *Lab) joined(n *labNode, protocol string) func(client, server traffic.Ends) {
	return func(client, server traffic.Ends) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.splices = append(l.splices, Splice{Node: n.Name, Protocol: protocol, Client: client, Server: server})
	}
}

// Splices returns the connections and exchanges that proxies have joined so far.
func (l *Lab) Splices() []Splice {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Splice(nil), l.splices...)
}
