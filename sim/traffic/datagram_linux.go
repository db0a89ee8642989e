package traffic

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// maxDatagram is the maximum length of a UDP payload over IPv4. Over IPv6 it is 20 bytes more.
const maxDatagram = 65535 - 20 - 8

// DatagramRequest describes UDP datagrams to send.
type DatagramRequest struct {
	Socket
	To       netip.AddrPort
	Payload  string
	Count    int           // of equal datagrams; 0: 1
	Interval time.Duration // between them
}

// Exchange sends datagrams and waits until the destination has answered each of them, or
// has refused it (ICMP), or the context ends. It returns the answers, and how many
// datagrams were sent. The error is the first one, if there are no answers.
func Exchange(ctx context.Context, ns Namespace, r DatagramRequest) (answers []string, sent int, err error) {
	conn, err := dialUDP(ns, r.Socket, r.To)
	if err != nil {
		return nil, 0, err
	}
	defer conn.Close()
	count := max(1, r.Count)
	concluded, first := 0, error(nil)
	note := func(err error) {
		if err != nil {
			concluded++
			first = firstOf(first, err)
		}
	}
	for i := range count {
		if i > 0 && !Pause(ctx, r.Interval) {
			return nil, sent, ctx.Err()
		}
		note(pending(conn))
		_, err := conn.Write([]byte(r.Payload))
		note(err)
		if err == nil {
			sent++
		}
	}
	for concluded < count {
		b, err := receive(ctx, conn)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			first = firstOf(first, err)
			concluded = count
		case err != nil:
			note(err)
		default:
			answers = append(answers, string(b))
			concluded++
		}
	}
	if len(answers) > 0 {
		return answers, sent, nil
	}
	return nil, sent, first
}

func firstOf(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// pending returns the error caused by an earlier datagram, and clears it. Otherwise the
// kernel would report it instead of sending the next one.
func pending(conn *net.UDPConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	number := 0
	if refused := raw.Control(func(fd uintptr) { number, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR) }); refused != nil {
		return refused
	}
	if err == nil && number != 0 {
		err = os.NewSyscallError("write", unix.Errno(number))
	}
	return err
}

// dialUDP opens a connected UDP socket: it receives datagrams from one address only, and
// reports ICMP errors.
func dialUDP(ns Namespace, from Socket, to netip.AddrPort) (conn *net.UDPConn, err error) {
	err = ns.Do(func() error {
		of := familyOf(to.Addr())
		dialer := net.Dialer{Control: from.control(of)}
		c, err := dialer.Dial("udp"+of.version, to.String())
		if err == nil {
			conn = c.(*net.UDPConn)
		}
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
