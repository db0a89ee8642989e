package traffic

import (
	"context"
	"io"
	"net/netip"
)

// Hold occupies a port until it is closed, as dockerd does for a published port if there is no
// docker-proxy. The kernel completes connections to it, and nobody answers. datagrams is
// whether the port is one of UDP.
func Hold(ctx context.Context, ns Namespace, at netip.AddrPort, datagrams bool) (io.Closer, error) {
	if datagrams {
		return listenUDP(ctx, ns, "udp"+familyOf(at.Addr()).version, at)
	}
	return listen(ctx, ns, "tcp"+familyOf(at.Addr()).version, at)
}
