package sim

import (
	"fmt"
	"net/netip"
	"time"
)

// Request is something that a node sends, and to which it expects an answer. Exactly one
// of URL, Ping, Datagram, Resolve and Flush is set.
type Request struct {
	From string // the sending node

	URL string // HTTP GET of http://HOST[:PORT]/PATH, over a new connection

	Ping netip.Addr // ICMP echo requests to this address
	ID   uint16     // their identifier; 0: 1
	// Count is the number of echo requests, each sent after the previous answer; 0: 1.
	Count int

	Datagram netip.AddrPort // the destination of a UDP datagram
	Text     string         // its payload

	Resolve string // a name to look up at the Resolver

	Flush string // the table to flush, as by iptables -F; nothing is sent

	SourcePort uint16        // of the connection or datagram; 0: chosen by the kernel
	Resolver   netip.Addr    // the DNS server
	Timeout    time.Duration // for the answer; 0: only the context's
}

// String describes the request without its sender: a URL, "ping 10.0.0.1",
// "udp 10.0.0.1:53".
func (r Request) String() string {
	switch {
	case r.Flush != "":
		return "iptables -t " + r.Flush + " -F"
	case r.Resolve != "":
		return "for the address of " + r.Resolve
	case r.Ping.IsValid():
		return "ping " + r.Ping.String()
	case r.Datagram.IsValid():
		return "udp " + r.Datagram.String()
	}
	return r.URL
}

// Response is what the sender of a [Request] received.
type Response struct {
	Status int    // HTTP status code; 0 if there is no answer, or for other protocols
	Body   string // HTTP: at most 1 MiB of the body; UDP: the datagram
	Sent   int    // ping: the number of requests
	Echoed int    // ping: the number of requests answered
	Err    error  // why there is no answer
}

// String returns a summary of the response: "200 Hello",
// "2 of 2 answered".
func (r Response) String() string {
	switch {
	case r.Err != nil:
		return r.Err.Error()
	case r.Sent > 0:
		return fmt.Sprintf("%d of %d answered", r.Echoed, r.Sent)
	case r.Status == 0:
		return r.Body
	}
	return fmt.Sprintf("%d %s", r.Status, r.Body)
}
