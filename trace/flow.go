package trace

import "net/netip"

// Flow is one conversation: a TCP connection, an exchange of datagrams between
// two ports, an ARP question with its answer.
type Flow struct {
	ID       int
	Protocol string // "TCP", "UDP", "ICMPv4", "ARP"
	Original Ends   // as its first packet was sent
	Reply    Ends   // as its first answer is sent; differs where there is NAT
	NAT      []Translation
	Entry    Entry // of connection tracking, as it was last seen; zero: none was

	// Where a proxy has taken a connection and opened another, what comes by the
	// one goes on by the other: these are their numbers, 0 where there is none.
	Proxy       string // the node that the proxy runs on
	Continues   int    // the flow that this one carries on
	ContinuedBy int    // the flow that carries this one on
}

// Entry is an entry of connection tracking.
type Entry struct {
	ID    uint32   `json:"conntrack_id,omitempty"`
	Text  string   `json:"conntrack,omitempty"`      // as conntrack -L prints it, without timeouts
	State TCPState `json:"conntrack_state,omitzero"` // 0 if it is not of TCP

	Unreplied bool `json:"conntrack_unreplied,omitempty"` // no packet was seen in the reply direction
	Assured   bool `json:"conntrack_assured,omitempty"`   // it is not dropped early when the table is full
}

// Ends are the two ends of a packet.
type Ends struct {
	Source, Destination netip.AddrPort
}

// Reversed returns the ends of a packet going the other way.
func (e Ends) Reversed() Ends { return Ends{Source: e.Destination, Destination: e.Source} }

// Ends returns the packet's own ends.
func (p *Headers) Ends() Ends {
	if p.IsARP() {
		return Ends{netip.AddrPortFrom(p.ARP.Sender, 0), netip.AddrPortFrom(p.ARP.Target, 0)}
	}
	return Ends{p.Src, p.Dst}
}
