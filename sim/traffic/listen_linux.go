package traffic

import (
	"context"
	"net"
	"net/netip"
)

// listen opens a listening TCP socket.
func listen(ctx context.Context, ns Namespace, at netip.AddrPort) (listener net.Listener, err error) {
	err = ns.Do(func() (err error) {
		// With multipath TCP, students would see options that no lesson explains.
		var config net.ListenConfig
		config.SetMultipathTCP(false)
		listener, err = config.Listen(ctx, "tcp4", at.String())
		return err
	})
	return listener, err
}

// listenUDP opens a UDP socket for datagrams from any address.
func listenUDP(ctx context.Context, ns Namespace, at netip.AddrPort) (conn *net.UDPConn, err error) {
	err = ns.Do(func() error {
		var config net.ListenConfig
		packets, err := config.ListenPacket(ctx, "udp4", at.String())
		if err == nil {
			conn = packets.(*net.UDPConn)
		}
		return err
	})
	return conn, err
}
