package traffic

import (
	"context"
	"net"
	"net/netip"
)

// listen opens a listening TCP socket.
func listen(ctx context.Context, ns Namespace, at netip.AddrPort) (listener net.Listener, err error) {
	err = ns.Do(func() (err error) {
		// Plain TCP: with multipath TCP a student would meet options here
		// that no lesson speaks of.
		var config net.ListenConfig
		config.SetMultipathTCP(false)
		listener, err = config.Listen(ctx, "tcp4", at.String())
		return err
	})
	return listener, err
}
