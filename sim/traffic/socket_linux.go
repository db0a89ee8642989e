package traffic

import (
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// Socket holds what a client chooses about its packets. The zero value leaves all of it to
// the kernel.
type Socket struct {
	Source     netip.Addr // one of the namespace's own, or any other
	SourcePort uint16
	TTL        uint8 // time to live of the IP header
}

// prepare applies the choices to a new socket.
func (s Socket) prepare(fd int) error {
	if s.TTL != 0 {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TTL, int(s.TTL)); err != nil {
			return err
		}
	}
	if s.Source.IsValid() {
		// Otherwise the kernel finds no route for a source that is not the namespace's own.
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TRANSPARENT, 1); err != nil {
			return err
		}
	}
	if s.Source.IsValid() || s.SourcePort != 0 {
		return unix.Bind(fd, &unix.SockaddrInet4{Addr: s.source().As4(), Port: int(s.SourcePort)})
	}
	return nil
}

// control does the same for package net.
func (s Socket) control(_, _ string, c syscall.RawConn) error {
	var err error
	if refused := c.Control(func(fd uintptr) { err = s.prepare(int(fd)) }); refused != nil {
		return refused
	}
	return err
}

func (s Socket) source() netip.Addr {
	if s.Source.IsValid() {
		return s.Source
	}
	return netip.IPv4Unspecified()
}
