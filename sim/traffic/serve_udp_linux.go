package traffic

import (
	"context"
	"io"
	"net"
	"net/netip"
)

// udpServer answers datagrams.
type udpServer struct {
	conn    net.PacketConn
	stopped chan struct{}
}

// ServeUDP starts a server that answers each datagram. It is ready once ServeUDP
// returns, and runs until it is closed.
func ServeUDP(ctx context.Context, ns Namespace, at netip.AddrPort, answer Answer) (io.Closer, error) {
	conn, err := listenUDP(ctx, ns, everywhere("udp", at), at)
	if err != nil {
		return nil, err
	}
	s := &udpServer{conn: conn, stopped: make(chan struct{})}
	go s.serve(answer)
	return s, nil
}

func (s *udpServer) serve(answer Answer) {
	defer close(s.stopped)
	b := make([]byte, maxDatagram)
	for {
		size, from, err := s.conn.ReadFrom(b)
		if err != nil {
			return // it was closed
		}
		if reply := answer(b[:size]); reply != nil {
			_, _ = s.conn.WriteTo(reply, from) // the sender may be gone
		}
	}
}

// Close closes the socket.
func (s *udpServer) Close() error {
	err := s.conn.Close()
	<-s.stopped
	return err
}
