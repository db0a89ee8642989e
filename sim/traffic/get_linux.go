package traffic

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
)

// maxBody is the maximum number of bytes kept of a page.
const maxBody = 1 << 20

// PageRequest describes a page to fetch.
type PageRequest struct {
	Socket
	URL     string       // http://HOST[:PORT]/PATH
	Servers []netip.Addr // the name servers that resolve HOST, if that is a name
}

// Page is the response to a [PageRequest].
type Page struct {
	Status int    // HTTP status code
	Body   string // at most 1 MiB
}

// Get fetches a page. The connection is used once and closed by the client, as curl
// does. If the body breaks off, Get returns what it has received, and an error.
func Get(ctx context.Context, ns Namespace, r PageRequest) (Page, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return Page{}, err
	}
	req.Header.Set("User-Agent", "tracer")
	to, err := destination(ctx, ns, req.URL, r.Servers)
	if err != nil {
		return Page{}, err
	}
	// http.Transport does not cancel its own dial with the request.
	conn, err := connect(ctx, ns, r.Socket, to)
	if err != nil {
		return Page{}, err
	}
	defer conn.Close()
	transport := &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return conn, nil },
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return Page{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	return Page{Status: resp.StatusCode, Body: string(body)}, err
}

// destination returns the address that a URL refers to. It resolves names.
func destination(ctx context.Context, ns Namespace, u *url.URL, servers []netip.Addr) (netip.AddrPort, error) {
	port := u.Port()
	if port == "" {
		port = "80"
	}
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err != nil {
		a, err := Resolve(ctx, ns, servers, host)
		if err != nil {
			return netip.AddrPort{}, err
		}
		host = a.String()
	}
	return netip.ParseAddrPort(net.JoinHostPort(host, port))
}
