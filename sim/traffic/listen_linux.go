package traffic

import (
	"context"
	"net"
	"net/netip"
)

// everywhere returns a network of package net, "tcp" or "udp", for a server: at all addresses,
// "::" stands for those of IPv4, too. Otherwise it is the one of the address alone.
func everywhere(network string, at netip.AddrPort) string {
	if at.Addr() == netip.IPv6Unspecified() {
		return network
	}
	return network + familyOf(at.Addr()).version
}

// listen opens a listening TCP socket.
func listen(ctx context.Context, ns Namespace, network string, at netip.AddrPort) (listener net.Listener, err error) {
	err = ns.Do(func() (err error) {
		// With multipath TCP, students would see options that no lesson explains.
		var config net.ListenConfig
		config.SetMultipathTCP(false)
		listener, err = config.Listen(ctx, network, at.String())
		return err
	})
	return listener, err
}

// listenUDP opens a UDP socket for datagrams from any address.
func listenUDP(ctx context.Context, ns Namespace, network string, at netip.AddrPort) (conn *net.UDPConn, err error) {
	err = ns.Do(func() error {
		var config net.ListenConfig
		packets, err := config.ListenPacket(ctx, network, at.String())
		if err == nil {
			conn = packets.(*net.UDPConn)
		}
		return err
	})
	return conn, err
}
