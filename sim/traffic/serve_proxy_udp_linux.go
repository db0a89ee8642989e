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

// udpProxy is [proxy] for a published UDP port. UDP has no connections, so it opens a
// separate socket for each client, to which the answers return:
//
//	10.0.0.2:40000 ──▶ listener :53 ── session ── 172.17.0.1:38211 ──▶ 172.17.0.2:53
//	10.0.0.2:40001 ──▶              ── session ── 172.17.0.1:51760 ──▶
//
// As with docker-proxy before Engine 28, the kernel chooses the source address of an answer,
// unless keep is set. It is not always the address to which the client sent.
type udpProxy struct {
	ns       Namespace
	to       netip.AddrPort
	keep     bool
	joined   func(client, server Ends)
	idle     time.Duration
	listener *net.UDPConn
	asked    asked
	all      sync.WaitGroup

	mu       sync.Mutex
	sessions map[netip.AddrPort]*net.UDPConn // by client
	ended    bool
}

// sessionIdle is how long docker-proxy keeps a session without an answer.
const sessionIdle = 90 * time.Second

// ServeUDPProxy starts the stand-in for docker-proxy on a UDP port. Like [ServeProxy], it
// runs until it is closed. It calls joined for each session, before it forwards the session's
// first datagram. keep is whether it answers from the address to which the session's first
// datagram was sent, as docker-proxy does since Engine 28.
func ServeUDPProxy(ctx context.Context, ns Namespace, at, to netip.AddrPort, keep bool, joined func(client, server Ends)) (io.Closer, error) {
	return serveUDPProxy(ctx, ns, at, to, keep, sessionIdle, joined)
}

func serveUDPProxy(ctx context.Context, ns Namespace, at, to netip.AddrPort, keep bool, idle time.Duration, joined func(client, server Ends)) (*udpProxy, error) {
	p := &udpProxy{ns: ns, to: to, keep: keep, joined: joined, idle: idle, sessions: map[netip.AddrPort]*net.UDPConn{}}
	var err error
	if p.listener, err = listenUDP(ctx, ns, "udp"+familyOf(at.Addr()).version, at); err != nil {
		return nil, err
	}
	p.asked = askedOf(at.Addr())
	if err := p.asked.report(p.listener); err != nil {
		return nil, errors.Join(err, p.listener.Close())
	}
	p.all.Go(p.accept)
	return p, nil
}

func (p *udpProxy) accept() {
	b, control := make([]byte, maxDatagram), p.asked.control()
	for {
		n, size, _, client, err := p.listener.ReadMsgUDPAddrPort(b, control)
		if err != nil {
			return // it was closed
		}
		server := p.session(client, control[:size])
		if server == nil || n == 0 {
			continue // docker-proxy does not forward empty datagrams
		}
		_, _ = server.Write(b[:n]) // the container may have stopped
	}
}

// session returns the socket for a client, or nil if there can be none. control is the
// control message of the client's datagram.
func (p *udpProxy) session(client netip.AddrPort, control []byte) *net.UDPConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if server := p.sessions[client]; server != nil || p.ended {
		return server
	}
	server, err := dialUDP(p.ns, Socket{}, p.to)
	if err != nil {
		return nil
	}
	p.sessions[client] = server
	var source []byte
	if asked, ok := p.asked.read(control); ok {
		if p.keep {
			source = p.asked.from(asked)
		}
		here := netip.AddrPortFrom(asked, address(p.listener.LocalAddr()).Port())
		p.joined(Ends{client, here}, Ends{address(server.LocalAddr()), p.to})
	}
	p.all.Go(func() { p.answer(client, source, server) })
	return server
}

// answer forwards answers to a client until none has come for a while, or the container has
// refused a datagram. source is the control message with their source address, if it is to be
// a certain one.
func (p *udpProxy) answer(client netip.AddrPort, source []byte, server *net.UDPConn) {
	defer func() {
		p.mu.Lock()
		delete(p.sessions, client)
		p.mu.Unlock()
		server.Close()
	}()
	b := make([]byte, maxDatagram)
	for {
		_ = server.SetReadDeadline(time.Now().Add(p.idle)) // fails only on a closed socket, where reading fails, too
		n, err := server.Read(b)
		if err != nil {
			return
		}
		if n == 0 {
			continue
		}
		if _, _, err := p.listener.WriteMsgUDPAddrPort(b[:n], source, client); err != nil {
			return
		}
	}
}

// Close closes the listener and all sessions.
func (p *udpProxy) Close() error {
	err := p.listener.Close()
	p.mu.Lock()
	p.ended = true
	for _, server := range p.sessions {
		server.Close() // its goroutine may have closed it already
	}
	p.mu.Unlock()
	p.all.Wait()
	return err
}

func address(a net.Addr) netip.AddrPort { return a.(*net.UDPAddr).AddrPort() }
