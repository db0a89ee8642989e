package sim

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"os"

	"tracer/sim/traffic"
)

// Send sends one request and returns the response.
func (l *Lab) Send(ctx context.Context, r Request) Response {
	n, err := l.find(r.From)
	if err != nil {
		return Response{Err: err}
	}
	if r.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.Timeout)
		defer cancel()
	}
	got := n.send(ctx, r)
	if errors.Is(got.Err, os.ErrDeadlineExceeded) || errors.Is(got.Err, context.DeadlineExceeded) {
		got.Err = ErrNoAnswer
	}
	return got
}

// send sends a request with the matching client.
func (n *labNode) send(ctx context.Context, r Request) (got Response) {
	switch {
	case r.Flush != "":
		got.Err = n.Do(func() error { return n.flushRules(r.Flush) })
		got.Body = "done"
	case r.Resolve != "":
		var a netip.Addr
		a, got.Err = traffic.Resolve(ctx, n, r.Resolver, r.Resolve)
		got.Body = a.String()
	case r.Ping.IsValid():
		pinger, err := traffic.NewPinger(n)
		if err != nil {
			return Response{Err: privilege(err)}
		}
		defer pinger.Close()
		got.Sent, got.Echoed, got.Err = pinger.Ping(ctx, r.Ping, cmp.Or(r.ID, 1), max(1, r.Count))
	case r.Datagram.IsValid():
		got.Body, got.Err = traffic.Exchange(ctx, n, r.SourcePort, r.Datagram, r.Text)
	default:
		var page traffic.Page
		page, got.Err = traffic.Get(ctx, n, traffic.PageRequest{URL: r.URL, SourcePort: r.SourcePort, Resolver: r.Resolver})
		got.Status, got.Body = page.Status, page.Body
	}
	return got
}
