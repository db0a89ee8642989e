package sim

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
)

// proxy is what docker-proxy is: a program on the host that takes connections to
// a published port and passes their bytes on, over connections of its own. It is
// how a port is reached where the DNAT rule does not apply.
type proxy struct {
	lab      *Lab
	node     *labNode
	to       netip.AddrPort
	listener net.Listener
	all      sync.WaitGroup
	running  context.Context // until close
	end      context.CancelFunc

	mu    sync.Mutex
	conns map[net.Conn]bool
	ended bool
}

// startProxy starts the stand-in for docker-proxy. It listens as Docker's does.
func (l *Lab) startProxy(ctx context.Context, n *labNode, s Service) error {
	address := netip.AddrPortFrom(s.bind(), s.Port).String()
	p := &proxy{lab: l, node: n, to: s.Proxy, conns: map[net.Conn]bool{}}
	p.running, p.end = context.WithCancel(context.Background())
	err := n.do(func() (err error) {
		var config net.ListenConfig
		config.SetMultipathTCP(false)
		p.listener, err = config.Listen(ctx, "tcp4", address)
		return err
	})
	if err != nil {
		return n.fail("listen on", address, err)
	}
	p.all.Go(p.accept)
	l.undo = append(l.undo, p.close)
	return nil
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

// keep notes a connection that close has to close; it closes it at once if that
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
	ctx, cancel := context.WithTimeout(p.running, serviceStart)
	server, err := p.node.connect(ctx, 0, p.to)
	cancel()
	if err != nil || !p.keep(server) {
		return
	}
	defer p.release(server)
	p.lab.splice(Splice{
		Node:   p.node.Name,
		Client: ends(client.RemoteAddr(), client.LocalAddr()),
		Server: ends(server.LocalAddr(), server.RemoteAddr()),
	})
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

func ends(source, destination net.Addr) [2]netip.AddrPort {
	return [2]netip.AddrPort{source.(*net.TCPAddr).AddrPort(), destination.(*net.TCPAddr).AddrPort()}
}

func (p *proxy) close() error {
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

func (l *Lab) splice(s Splice) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.splices = append(l.splices, s)
}

// Splices returns the connections that proxies have joined so far.
func (l *Lab) Splices() []Splice {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Splice(nil), l.splices...)
}
