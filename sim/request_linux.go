package sim

import (
	"context"
	"io"
	"net"
	"net/http"
)

// maxBody is how much of a response is kept.
const maxBody = 1 << 20

// Send sends one request and returns what the sender saw. The connection is
// made in the sending node's namespace, used once, and closed by the sender,
// as curl does.
func (l *Lab) Send(ctx context.Context, r Request) Response {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return Response{Err: err}
	}
	req.Header.Set("User-Agent", "tracer")
	conn, err := l.dial(ctx, r.From, req.URL.Hostname(), req.URL.Port())
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

// dial connects from a node. It does not leave that to http.Transport, which
// does not cancel it with the request: the node's thread would stay in
// connect(2) until the kernel gives up, after two minutes.
func (l *Lab) dial(ctx context.Context, from, host, port string) (conn net.Conn, err error) {
	if port == "" {
		port = "80"
	}
	err = l.Do(from, func() error {
		var d net.Dialer
		d.SetMultipathTCP(false)
		conn, err = d.DialContext(ctx, "tcp4", net.JoinHostPort(host, port))
		return err
	})
	return conn, err
}
