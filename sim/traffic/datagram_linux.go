package traffic

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// maxDatagram is the maximum length of a UDP payload over IPv4.
const maxDatagram = 65535 - 20 - 8

// Exchange sends a UDP datagram and waits for one from its destination until the context
// ends. If sourcePort is 0, the kernel chooses one.
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

// dialUDP opens a connected UDP socket: it receives datagrams from one address only, and
// reports ICMP errors.
func dialUDP(ns Namespace, port uint16, to netip.AddrPort) (conn *net.UDPConn, err error) {
	err = ns.Do(func() (err error) {
		conn, err = net.DialUDP("udp4", &net.UDPAddr{Port: int(port)}, net.UDPAddrFromAddrPort(to))
		return err
	})
	return conn, err
}

// receive waits for a datagram until the context ends.
func receive(ctx context.Context, conn net.Conn) ([]byte, error) {
	stop := interruptible(ctx, conn)
	defer stop()
	b := make([]byte, maxDatagram)
	n, err := conn.Read(b)
	return b[:n], err
}

// interruptible ends reads when the context ends.
func interruptible(ctx context.Context, conn interface{ SetReadDeadline(time.Time) error }) (stop func() bool) {
	if end, ok := ctx.Deadline(); ok {
		_ = conn.SetReadDeadline(end) // fails only on a closed socket, where reading fails, too
	}
	return context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
}
