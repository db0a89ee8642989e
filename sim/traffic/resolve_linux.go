package traffic

import (
	"context"
	"fmt"
	"net/netip"
)

// Resolve asks a DNS server for a name's IPv4 address, once.
func Resolve(ctx context.Context, ns Namespace, server netip.Addr, name string) (a netip.Addr, err error) {
	question, err := dnsQuestion(name)
	if err != nil {
		return a, err
	}
	conn, err := dialUDP(ns, Socket{}, netip.AddrPortFrom(server, dnsPort))
	if err != nil {
		return a, err
	}
	defer conn.Close()
	if _, err := conn.Write(question); err != nil {
		return a, err
	}
	b, err := receive(ctx, conn)
	if err == nil {
		a, err = dnsAddress(b)
	}
	if err != nil {
		return a, fmt.Errorf("resolve %s: %w", name, err)
	}
	return a, nil
}
