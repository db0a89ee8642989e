package traffic

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// proxy plays the role of docker-proxy: a process on the host that accepts connections
// to a published port and relays their bytes over connections of its own. This makes the
// port reachable where the DNAT rule does not apply.
type proxy struct {
	ns       Namespace
	to       netip.AddrPort
	joined   func(client, server Ends)
	listener net.Listener
	all      sync.WaitGroup
	running  context.Context // until Close
	end      context.CancelFunc

	mu    sync.Mutex
	conns map[net.Conn]bool
	ended bool
}

// Ends holds the source and destination of a connection.
type Ends [2]netip.AddrPort

// connectTimeout limits the time the proxy takes to open a connection.
const connectTimeout = 10 * time.Second

// ServeProxy starts the stand-in for docker-proxy, which forwards connections from at to
// to. It listens, as Docker's does, until it is closed: at "::", for IPv6 alone. For each forwarded connection it
// calls joined with both connections, on a separate goroutine.
func ServeProxy(ctx context.Context, ns Namespace, at, to netip.AddrPort, joined func(client, server Ends)) (io.Closer, error) {
	listener, err := listen(ctx, ns, "tcp"+familyOf(at.Addr()).version, at)
	if err != nil {
		return nil, err
	}
	p := &proxy{ns: ns, to: to, joined: joined, listener: listener, conns: map[net.Conn]bool{}}
	p.running, p.end = context.WithCancel(context.Background())
	p.all.Go(p.accept)
	return p, nil
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // it was closed
		}
		if p.keep(client) {
			p.all.Go(func() { p.serve(client) })
		}
	}
}

// keep registers a connection for Close. If the proxy is closed already, it closes the
// connection and returns false.
func (p *proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		c.Close()
		return false
	}
	p.conns[c] = true
	return true
}

func (p *proxy) release(c net.Conn) {
	p.mu.Lock()
	delete(p.conns, c)
	p.mu.Unlock()
	c.Close()
}

// serve relays in both directions until both sides have ended. If the container cannot
// be reached, it closes the client's connection, as docker-proxy does.
func (p *proxy) serve(client net.Conn) {
	defer p.release(client)
	ctx, cancel := context.WithTimeout(p.running, connectTimeout)
	server, err := connect(ctx, p.ns, Socket{}, p.to)
	cancel()
	if err != nil || !p.keep(server) {
		return
	}
	defer p.release(server)
	p.joined(ends(client.RemoteAddr(), client.LocalAddr()), ends(server.LocalAddr(), server.RemoteAddr()))
	var both sync.WaitGroup
	pass := func(to, from net.Conn) {
		_, _ = io.Copy(to, from) // an error ends the stream as EOF does
		if half, ok := to.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
	}
	both.Go(func() { pass(server, client) })
	both.Go(func() { pass(client, server) })
	both.Wait()
}

func ends(source, destination net.Addr) Ends {
	return Ends{source.(*net.TCPAddr).AddrPort(), destination.(*net.TCPAddr).AddrPort()}
}

// Close closes the listener and all connections.
func (p *proxy) Close() error {
	p.end()
	err := p.listener.Close()
	p.mu.Lock()
	p.ended = true
	for c := range p.conns {
		err = errors.Join(err, c.Close())
	}
	p.mu.Unlock()
	p.all.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
