package traffic

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// nextServer is how long a client waits for one name server before it asks the next
// (resolv.conf(5): timeout).
const nextServer = 5 * time.Second

var errNoServer = errors.New("there is no name server to ask")

// Resolve asks name servers for a name's IPv4 address and, if it has none, for its IPv6
// address. It asks each once, and the next only if the one before does not answer, or fails.
func Resolve(ctx context.Context, ns Namespace, servers []netip.Addr, name string) (a netip.Addr, err error) {
	if a, err = ask(ctx, ns, servers, name, dnsmessage.TypeA, dnsAddress); errors.Is(err, errNoAddress) {
		a, err = ask(ctx, ns, servers, name, dnsmessage.TypeAAAA, dnsAddress)
	}
	return a, err
}

// Lookup asks name servers for the name that pointer leads to, which stands for an address:
// "2.0.18.172.in-addr.arpa.". It asks them as [Resolve] does.
func Lookup(ctx context.Context, ns Namespace, servers []netip.Addr, pointer string) (name string, err error) {
	return ask(ctx, ns, servers, pointer, dnsmessage.TypePTR, dnsPointer)
}

func ask[T any](ctx context.Context, ns Namespace, servers []netip.Addr, name string, of dnsmessage.Type, read func([]byte) (T, error)) (found T, err error) {
	question, err := dnsQuestion(name, of)
	if err != nil {
		return found, err
	}
	err = errNoServer
	for i, server := range servers {
		last := i == len(servers)-1
		var answer []byte
		if answer, err = askOne(ctx, ns, server, question, last); err == nil {
			found, err = read(answer)
		}
		if err == nil || errors.Is(err, errNoName) || errors.Is(err, errNoAddress) || errors.Is(err, errNoPointer) || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return found, fmt.Errorf("resolve %s: %w", name, err)
	}
	return found, nil
}

// askOne returns a server's answer. For the last server's it waits until the context ends.
func askOne(ctx context.Context, ns Namespace, server netip.Addr, question []byte, last bool) ([]byte, error) {
	if !last {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, nextServer)
		defer cancel()
	}
	conn, err := dialUDP(ns, Socket{}, netip.AddrPortFrom(server, dnsPort))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := conn.Write(question); err != nil {
		return nil, err
	}
	return receive(ctx, conn)
}
