package traffic

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// connect opens a TCP connection. Only the socket is created in the namespace. Waiting
// for an answer may take long, and others need the namespace meanwhile.
func connect(ctx context.Context, ns Namespace, from Socket, to netip.AddrPort) (net.Conn, error) {
	fd, of := -1, familyOf(to.Addr())
	err := ns.Do(func() (err error) {
		fd, err = unix.Socket(of.number, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		return err
	})
	if err != nil {
		return nil, failed(to, "socket", err)
	}
	f := os.NewFile(uintptr(fd), "connection to "+to.String())
	defer f.Close() // net.FileConn has duplicated it
	if err := from.prepare(fd, of); err != nil {
		return nil, failed(to, "bind", err)
	}
	err = unix.Connect(fd, sockaddr(to))
	if errors.Is(err, unix.EINPROGRESS) {
		err = connected(ctx, f)
	}
	if err != nil {
		return nil, failed(to, "connect", err)
	}
	c, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("connection to %s: %w", to, err)
	}
	return c, nil
}

// connected waits until a socket is connected or has failed.
func connected(ctx context.Context, f *os.File) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = f.SetWriteDeadline(time.Unix(1, 0)) })() // in the past; on a closed file it has no effect
	var result error
	err = raw.Write(func(fd uintptr) (done bool) {
		n, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		if err == nil && n != 0 {
			err = unix.Errno(n)
		}
		if err != nil {
			result = err
			return true
		}
		_, err = unix.Getpeername(int(fd))
		return err == nil // otherwise it is still connecting
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(err, result)
}

// failed returns the error that net.Dialer would return.
func failed(to netip.AddrPort, call string, err error) error {
	var errno unix.Errno
	switch {
	case errors.As(err, &errno):
		err = os.NewSyscallError(call, errno)
	case errors.Is(err, context.DeadlineExceeded):
		err = os.ErrDeadlineExceeded
	}
	return &net.OpError{Op: "dial", Net: "tcp" + familyOf(to.Addr()).version, Addr: net.TCPAddrFromAddrPort(to), Err: err}
}
