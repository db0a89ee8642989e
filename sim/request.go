package sim

import (
	"fmt"
	"net/netip"
	"time"
)

// Request is one thing that a node asks another, and waits for an answer to.
// Exactly one of URL, Ping, Datagram, Resolve and Flush says what it is.
type Request struct {
	From string // the node that sends it

	URL string // HTTP GET of http://HOST[:PORT]/PATH, over a connection of its own

	Ping netip.Addr // ICMP echo requests to this address
	ID   uint16     // their identifier; 0: 1
	// Count is how many echo requests are sent, one after the answer to the
	// other; 0: 1.
	Count int

	Datagram netip.AddrPort // a UDP datagram to there
	Text     string         // what is in it

	Resolve string // a name's address, asked of the Resolver

	Flush string // nothing is sent: the rules of this iptables table are deleted, as by iptables -F

	SourcePort uint16        // of the connection or the datagram; 0: the kernel chooses
	Resolver   netip.Addr    // the DNS server that is asked for names
	Timeout    time.Duration // how long an answer is waited for; 0: as long as the context lasts
}

// String says what is asked, without who asks: a URL, "ping 10.0.0.1",
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

// Response is what the sender of a [Request] got to see.
type Response struct {
	Status int    // HTTP status code; 0 when there was no answer, or it was not HTTP
	Body   string // of HTTP, at most 1 MiB of it; of UDP, the datagram
	Sent   int    // of ping: how many requests
	Echoed int    // of ping: how many of them were answered
	Err    error  // why there was no answer
}

// String returns the response as a person would report it: "200 Hello",
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
