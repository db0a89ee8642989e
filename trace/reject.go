package trace

import "github.com/google/gopacket/layers"

// Reject is the answer to a packet that was rejected: a TCP reset, or an ICMP error. The
// zero value means none.
type Reject struct {
	Reset bool  `json:"reset,omitempty"`     // a TCP reset
	Type  uint8 `json:"icmp_type,omitempty"` // of the ICMP error
	Code  uint8 `json:"icmp_code,omitempty"`
}

// String names the answer: "TCP RST", "ICMP port unreachable".
func (r Reject) String() string {
	if r.Reset {
		return "TCP RST"
	}
	p := Headers{Protocol: layers.IPProtocolICMPv4, ICMP: ICMP{Type: r.Type, Code: r.Code}}
	if r.Type == layers.ICMPv6TypeDestinationUnreachable { // ICMPv4 has no type 1
		p.Protocol = layers.IPProtocolICMPv6
	}
	return p.Summary()
}
