package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"

	"tracer/sim/iptables"
)

// maxBody is how much of a response is kept.
const maxBody = 1 << 20

// Send sends one request and returns what the sender saw.
func (l *Lab) Send(ctx context.Context, r Request) Response {
	if r.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.Timeout)
		defer cancel()
	}
	var got Response
	switch {
	case r.Flush != "":
		got.Err = l.Do(r.From, func() error { return iptables.Flush(r.Flush) })
		got.Body = "done"
	case r.Resolve != "":
		var a netip.Addr
		a, got.Err = l.resolve(ctx, r.From, r.Resolver, r.Resolve)
		got.Body = a.String()
	case r.Ping.IsValid():
		got = l.ping(ctx, r)
	case r.Datagram.IsValid():
		got = l.datagram(ctx, r)
	default:
		got = l.get(ctx, r)
	}
	if errors.Is(got.Err, os.ErrDeadlineExceeded) || errors.Is(got.Err, context.DeadlineExceeded) {
		got.Err = ErrNoAnswer
	}
	return got
}

// get fetches a page. The connection is made in the sending node's namespace,
// used once, and closed by the sender, as curl does.
func (l *Lab) get(ctx context.Context, r Request) Response {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return Response{Err: err}
	}
	req.Header.Set("User-Agent", "tracer")
	to, err := l.destination(ctx, r, req.URL)
	if err != nil {
		return Response{Err: err}
	}
	n, err := l.find(r.From)
	if err != nil {
		return Response{Err: err}
	}
	// Not left to http.Transport, which does not cancel it with the request.
	conn, err := n.connect(ctx, r.SourcePort, to)
	if err != nil {
		return Response{Err: err}
	}
	defer conn.Close()
	transport := &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return conn, nil },
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return Response{Err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	return Response{Status: resp.StatusCode, Body: string(body), Err: err}
}

// destination is where a URL leads; a name is resolved first.
func (l *Lab) destination(ctx context.Context, r Request, u *url.URL) (netip.AddrPort, error) {
	port := u.Port()
	if port == "" {
		port = "80"
	}
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err != nil {
		if !r.Resolver.IsValid() {
			return netip.AddrPort{}, fmt.Errorf("%s is a name, and there is no resolver to ask for it", host)
		}
		a, err := l.resolve(ctx, r.From, r.Resolver, host)
		if err != nil {
			return netip.AddrPort{}, err
		}
		host = a.String()
	}
	return netip.ParseAddrPort(net.JoinHostPort(host, port))
}
