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

// DNS is a server that answers what it knows and asks other servers for the rest.
type DNS struct {
	// Answer returns the reply to a query that came over UDP, or over TCP (stream). forward
	// means that another server must answer.
	Answer func(query []byte, stream bool) (reply []byte, forward bool)
	// Failure returns the reply if no server has answered; a nil Failure, none.
	Failure func(query []byte) []byte
	Servers []NameServer // the others, in the order in which they are asked
}

// reply returns the reply to a query, or nil.
func (d *DNS) reply(ctx context.Context, query []byte, stream bool) []byte {
	reply, others := d.Answer(query, stream)
	if !others {
		return reply
	}
	by := exchangeDatagrams
	if stream {
		by = exchangeStream
	}
	if reply = forward(ctx, d.Servers, query, by); reply == nil && d.Failure != nil && ctx.Err() == nil {
		reply = d.Failure(query)
	}
	return reply
}

const (
	dnsQueries = 1024            // that a server works on at once; it ignores more
	dnsIdle    = 2 * time.Second // until a connection without a query is closed
)

// dnsServer is a running [DNS] server.
type dnsServer struct {
	DNS
	socket io.Closer
	stop   context.CancelFunc
	all    sync.WaitGroup
	slots  chan struct{}
}

func newDNSServer(d DNS, socket io.Closer) (*dnsServer, context.Context) {
	ctx, stop := context.WithCancel(context.Background())
	return &dnsServer{DNS: d, socket: socket, stop: stop, slots: make(chan struct{}, dnsQueries)}, ctx
}

// work runs f in a goroutine, unless there are too many of them.
func (s *dnsServer) work(f func()) (started bool) {
	select {
	case s.slots <- struct{}{}:
	default:
		return false
	}
	s.all.Go(func() {
		defer func() { <-s.slots }()
		f()
	})
	return true
}

// Close ends the server and everything that it works on.
func (s *dnsServer) Close() error {
	s.stop()
	err := s.socket.Close()
	s.all.Wait()
	return err
}

// ServeDNS starts a DNS server over UDP. It is ready once ServeDNS returns, and runs until it
// is closed.
func ServeDNS(ctx context.Context, ns Namespace, at netip.AddrPort, d DNS) (io.Closer, error) {
	conn, err := listenUDP(ctx, ns, everywhere("udp", at), at)
	if err != nil {
		return nil, err
	}
	s, running := newDNSServer(d, conn)
	s.all.Go(func() { s.datagrams(running, conn) })
	return s, nil
}

func (s *dnsServer) datagrams(ctx context.Context, conn *net.UDPConn) {
	b := make([]byte, maxDatagram)
	for {
		size, client, err := conn.ReadFromUDPAddrPort(b)
		if err != nil {
			return // it was closed
		}
		query := append([]byte(nil), b[:size]...)
		s.work(func() {
			if reply := s.reply(ctx, query, false); reply != nil {
				_, _ = conn.WriteToUDPAddrPort(reply, client) // the client may be gone
			}
		})
	}
}

// ServeDNSStream is like [ServeDNS], over TCP.
func ServeDNSStream(ctx context.Context, ns Namespace, at netip.AddrPort, d DNS) (io.Closer, error) {
	listener, err := listen(ctx, ns, everywhere("tcp", at), at)
	if err != nil {
		return nil, err
	}
	s, running := newDNSServer(d, listener)
	s.all.Go(func() { s.streams(running, listener) })
	return s, nil
}

func (s *dnsServer) streams(ctx context.Context, listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // the client has given up
		}
		if !s.work(func() { s.stream(ctx, conn) }) {
			_ = conn.Close()
		}
	}
}

// stream answers the queries of one connection.
func (s *dnsServer) stream(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	for ctx.Err() == nil {
		_ = conn.SetReadDeadline(time.Now().Add(dnsIdle)) // fails only on a closed socket, where reading fails, too
		query, err := readMessage(conn)
		if err != nil {
			return
		}
		reply := s.reply(ctx, query, true)
		if reply == nil || writeMessage(conn, reply) != nil {
			return
		}
	}
}
