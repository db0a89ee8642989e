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
	var conn net.Conn
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			err := l.Do(r.From, func() (err error) {
				var d net.Dialer
				d.SetMultipathTCP(false)
				conn, err = d.DialContext(ctx, "tcp4", address)
				return err
			})
			return conn, err
		},
	}
	defer func() {
		if conn != nil {
			conn.Close()
		}
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return Response{Err: err}
	}
	req.Header.Set("User-Agent", "tracer")
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return Response{Err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	return Response{Status: resp.StatusCode, Body: string(body), Err: err}
}
