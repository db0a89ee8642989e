package sim

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"tracer/sim/traffic"
)

// Request is something that a node sends, and to which it expects an answer. Exactly one
// of URL, Ping, Datagram, Resolve and Flush is set.
type Request struct {
	From string // the sending node

	URL string // HTTP GET of http://HOST[:PORT]/PATH, over a new connection

	Ping netip.Addr // ICMP echo requests to this address
	ID   uint16     // their identifier; 0: 1

	Datagram netip.AddrPort // the destination of UDP datagrams
	Text     string         // their payload

	// Count is the number of echo requests, each sent after the answer to the previous one,
	// or of equal datagrams, sent at once unless there is an Interval; 0: 1.
	Count    int
	Interval time.Duration
	Size     int // bytes of an echo request's data, or of a datagram's payload instead of Text; 0: 56, or the Text

	Resolve string // a name whose address to look up, or an address whose name to look up

	Flush string // the table to flush: "nat" of iptables, "ip6 nat" of ip6tables, "ip docker-bridges" of nftables; nothing is sent

	Source     netip.Addr // of the packets; zero: chosen by the kernel
	SourcePort uint16     // of the connection or datagrams; 0: chosen by the kernel
	TTL        uint8      // of the packets; 0: net.ipv4.ip_default_ttl

	Resolver netip.Addr    // the DNS server that is asked for names; zero: those of the node's ResolvConf
	Pause    time.Duration // before the request is sent
	Timeout  time.Duration // for the answer; 0: only the context's
}

// payload returns the payload of the datagrams.
func (r Request) payload() string {
	if r.Size > 0 {
		return strings.Repeat("x", r.Size)
	}
	return r.Text
}

// String describes the request without its sender: a URL, "ping 10.0.0.1",
// "udp 10.0.0.1:53", and what it chooses beyond that: "udp 10.0.0.1:53 (ttl 1)".
func (r Request) String() string {
	if choices := r.choices(); len(choices) > 0 {
		return r.what() + " (" + strings.Join(choices, ", ") + ")"
	}
	return r.what()
}

// choices lists what the author chose about the packets.
func (r Request) choices() (list []string) {
	if r.Size > 0 {
		list = append(list, fmt.Sprintf("%d bytes", r.Size))
	}
	if r.Count > 1 && r.Datagram.IsValid() {
		list = append(list, fmt.Sprintf("%d times", r.Count))
	}
	if r.Source.IsValid() {
		list = append(list, "from "+r.Source.String())
	}
	if r.TTL > 0 {
		list = append(list, fmt.Sprintf("ttl %d", r.TTL))
	}
	if r.Pause > 0 {
		list = append(list, fmt.Sprintf("after %s", r.Pause))
	}
	return list
}

func (r Request) what() string {
	switch {
	case r.Flush != "":
		return flushing(r.Flush)
	case r.Resolve != "":
		return "resolve " + r.Resolve
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
	Body   string // HTTP: at most 1 MiB of the body; UDP: the datagram, if one was sent
	Sent   int    // ping: the number of requests; UDP: of datagrams, if several were sent
	Echoed int    // how many of them were answered
	Err    error  // why there is no answer

	Replies []traffic.EchoReply // ping: the answers
}

// String returns a summary of the response: "200 Hello", "2 of 2 answered",
// "connection refused".
func (r Response) String() string {
	var socket *net.OpError
	var errno syscall.Errno
	switch {
	case errors.As(r.Err, &socket) && errors.As(socket, &errno):
		return errno.Error()
	case r.Err != nil:
		return r.Err.Error()
	case r.Sent > 0:
		return fmt.Sprintf("%d of %d answered", r.Echoed, r.Sent)
	case r.Status == 0:
		return r.Body
	}
	return fmt.Sprintf("%d %s", r.Status, r.Body)
}
