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
func (s Socket) prepare(fd int, of family) error {
	if s.TTL != 0 {
		if err := unix.SetsockoptInt(fd, of.level, of.ttl, int(s.TTL)); err != nil {
			return err
		}
	}
	if s.Source.IsValid() {
		// Otherwise the kernel finds no route for a source that is not the namespace's own.
		if err := unix.SetsockoptInt(fd, of.level, of.transparent, 1); err != nil {
			return err
		}
	}
	if s.Source.IsValid() || s.SourcePort != 0 {
		return unix.Bind(fd, sockaddr(netip.AddrPortFrom(s.source(of), s.SourcePort)))
	}
	return nil
}

// control does the same for package net.
func (s Socket) control(of family) func(_, _ string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) error {
		var err error
		if refused := c.Control(func(fd uintptr) { err = s.prepare(int(fd), of) }); refused != nil {
			return refused
		}
		return err
	}
}

func (s Socket) source(of family) netip.Addr {
	if s.Source.IsValid() {
		return s.Source
	}
	return of.unspecified
}

// family is what differs between sockets of IPv4 and of IPv6.
type family struct {
	number, level, ttl, transparent int
	version                         string // of networks of package net: "tcp4"
	unspecified                     netip.Addr
}

// familyOf returns the family of an address.
func familyOf(a netip.Addr) family {
	if a.Is4() {
		return family{unix.AF_INET, unix.IPPROTO_IP, unix.IP_TTL, unix.IP_TRANSPARENT, "4", netip.IPv4Unspecified()}
	}
	return family{unix.AF_INET6, unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, unix.IPV6_TRANSPARENT, "6", netip.IPv6Unspecified()}
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}
