package traffic

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// maxDatagram is how much of a datagram is read.
const maxDatagram = 1500

// Exchange sends a UDP datagram and waits for one from where it was sent to, as long
// as the context lasts. A source port of 0 is chosen by the kernel.
func Exchange(ctx context.Context, ns Namespace, sourcePort uint16, to netip.AddrPort, text string) (string, error) {
	conn, err := dialUDP(ns, sourcePort, to)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(text)); err != nil {
		return "", err
	}
	b, err := receive(ctx, conn)
	return string(b), err
}

// dialUDP opens a UDP socket, connected: it takes datagrams from one address only, and
// is told of ICMP errors.
func dialUDP(ns Namespace, port uint16, to netip.AddrPort) (conn *net.UDPConn, err error) {
	err = ns.Do(func() (err error) {
		conn, err = net.DialUDP("udp4", &net.UDPAddr{Port: int(port)}, net.UDPAddrFromAddrPort(to))
		return err
	})
	return conn, err
}

// receive waits for a datagram as long as the context lasts.
func receive(ctx context.Context, conn net.Conn) ([]byte, error) {
	stop := interruptible(ctx, conn)
	defer stop()
	b := make([]byte, maxDatagram)
	n, err := conn.Read(b)
	return b[:n], err
}

// interruptible makes reading end when the context does.
func interruptible(ctx context.Context, conn interface{ SetReadDeadline(time.Time) error }) (stop func() bool) {
	if end, ok := ctx.Deadline(); ok {
		_ = conn.SetReadDeadline(end) // it can only fail on a closed socket, and then reading does, too
	}
	return context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
}
