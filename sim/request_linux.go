package sim

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"os"
	"strings"

	"tracer/sim/resolver"
	"tracer/sim/traffic"
)

// Send sends one request and returns the response.
func (l *Lab) Send(ctx context.Context, r Request) Response {
	n, err := l.find(r.From)
	if err != nil {
		return Response{Err: err}
	}
	if !traffic.Pause(ctx, r.Pause) {
		return Response{Err: ctx.Err()}
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
	from := traffic.Socket{Source: r.Source, SourcePort: r.SourcePort, TTL: r.TTL}
	switch {
	case r.Flush != "":
		got.Err = n.Do(func() error { return n.flushRules(r.Flush) })
		got.Body = "done"
	case r.Resolve != "":
		got.Body, got.Err = n.resolve(ctx, r)
	case r.Ping.IsValid():
		pinger, err := traffic.NewPinger(ctx, n, from, r.Ping)
		if err != nil {
			return Response{Err: privilege(err)}
		}
		defer pinger.Close()
		got.Sent, got.Replies, got.Err = pinger.Ping(ctx, traffic.EchoRequest{To: r.Ping, ID: cmp.Or(r.ID, 1), Count: r.Count, Size: r.Size})
		got.Echoed = len(got.Replies)
	case r.Datagram.IsValid():
		var answers []string
		var sent int
		answers, sent, got.Err = traffic.Exchange(ctx, n, traffic.DatagramRequest{Socket: from, To: r.Datagram, Payload: r.payload(), Count: r.Count, Interval: r.Interval})
		if r.Count > 1 {
			got.Sent, got.Echoed = sent, len(answers)
			if sent > 0 && errors.Is(got.Err, os.ErrDeadlineExceeded) {
				got.Err = nil // "0 of 3 answered" says as much
			}
		} else {
			got.Body = strings.Join(answers, "")
		}
	default:
		var page traffic.Page
		page, got.Err = traffic.Get(ctx, n, traffic.PageRequest{Socket: from, URL: r.URL, Servers: n.nameservers(r)})
		got.Status, got.Body = page.Status, page.Body
	}
	return got
}

// resolve looks up a name, or the name of an address.
func (n *labNode) resolve(ctx context.Context, r Request) (string, error) {
	if a, err := netip.ParseAddr(r.Resolve); err == nil {
		return traffic.Lookup(ctx, n, n.nameservers(r), resolver.Pointer(a))
	}
	a, err := traffic.Resolve(ctx, n, n.nameservers(r), r.Resolve)
	return a.String(), err
}

// nameservers returns the DNS servers that a request asks for names.
func (n *labNode) nameservers(r Request) []netip.Addr {
	switch {
	case r.Resolver.IsValid():
		return []netip.Addr{r.Resolver}
	case n.ResolvConf != nil:
		return n.ResolvConf.Nameservers
	}
	return nil
}
