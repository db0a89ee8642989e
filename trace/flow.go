package trace

import "net/netip"

// Flow is one conversation: a TCP connection, an exchange of datagrams between two ports,
// or an ARP request or neighbor solicitation with its reply.
type Flow struct {
	ID       int
	Protocol string // "TCP", "UDP", "ICMPv4", "ARP"
	Original Ends   // ends of the first packet, as sent
	Reply    Ends   // ends of the first reply, as sent; with NAT, not the reverse of Original
	NAT      []Translation
	Entry    Entry // conntrack entry as last seen; zero if there was none

	// A proxy accepts one connection and opens another, which continues it, or relays
	// datagrams. Continues and ContinuedBy are flow numbers; 0 means none. If a proxy used
	// several sockets for one client's datagrams, ContinuedBy is the first.
	Proxy       string // node that the proxy runs on
	Continues   int    // the flow that this one continues
	ContinuedBy int    // the flow that continues this one
}

// Entry is a conntrack entry.
type Entry struct {
	ID    uint32   `json:"conntrack_id,omitempty"`
	Text  string   `json:"conntrack,omitempty"`      // as conntrack -L prints it, without timeouts
	State TCPState `json:"conntrack_state,omitzero"` // 0 if not TCP

	Unreplied bool `json:"conntrack_unreplied,omitempty"` // no packet seen in the reply direction
	Assured   bool `json:"conntrack_assured,omitempty"`   // not dropped early when the table is full
	Destroyed bool `json:"conntrack_destroyed,omitempty"` // before the recording ended
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

// Parties returns the ends of the conversation that the packet belongs to: its own, or, like
// those of an ARP message, the node that asks for a neighbor and the address that it asks for.
func (p *Headers) Parties() Ends {
	if !p.ICMP.Target.IsValid() {
		return p.Ends()
	}
	target := netip.AddrPortFrom(p.ICMP.Target, 0)
	if p.Asks() {
		return Ends{p.Src, target}
	}
	return Ends{target, p.Dst}
}
