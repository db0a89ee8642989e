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

// proxy is what docker-proxy is: a program on the host that takes connections to
// a published port and passes their bytes on, over connections of its own. It is
// how a port is reached where the DNAT rule does not apply.
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

// Ends are the source and the destination of a connection.
type Ends [2]netip.AddrPort

// connectTimeout is how long the proxy waits for a connection of its own.
const connectTimeout = 10 * time.Second

// ServeProxy starts the stand-in for docker-proxy, which passes connections to at on to
// the address to. It listens as Docker's does, until it is closed. For each connection
// that it passes on, it calls joined with both, on a goroutine of its own.
func ServeProxy(ctx context.Context, ns Namespace, at, to netip.AddrPort, joined func(client, server Ends)) (io.Closer, error) {
	listener, err := listen(ctx, ns, at)
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

// keep notes a connection that Close has to close; it closes it at once if that
// is over.
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

// serve passes on what the two sides send, until both have ended. If the
// container refuses, the client is reset, as docker-proxy does by closing.
func (p *proxy) serve(client net.Conn) {
	defer p.release(client)
	ctx, cancel := context.WithTimeout(p.running, connectTimeout)
	server, err := connect(ctx, p.ns, 0, p.to)
	cancel()
	if err != nil || !p.keep(server) {
		return
	}
	defer p.release(server)
	p.joined(ends(client.RemoteAddr(), client.LocalAddr()), ends(server.LocalAddr(), server.RemoteAddr()))
	var both sync.WaitGroup
	pass := func(to, from net.Conn) {
		_, _ = io.Copy(to, from) // an error ends it as an end does
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
