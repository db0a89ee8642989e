package trace

import (
	"testing"

	"github.com/google/gopacket/layers"
)

// TestFragments: a fragment without the ICMP header is not mistaken for an echo reply, whose
// type is 0.
func TestFragments(t *testing.T) {
	p := Headers{EtherType: layers.EthernetTypeIPv4, Protocol: layers.IPProtocolICMPv4, MoreFragments: true, Payload: 1480}
	if p.IsEcho() || p.Summary() != "ICMP fragment (1480 bytes)" {
		t.Errorf("%s, echo: %v", p.Summary(), p.IsEcho())
	}
	if p.MoreFragments = false; !p.IsEcho() {
		t.Error("a whole echo reply is not an echo")
	}
	p.Protocol, p.Fragment = layers.IPProtocolUDP, 1480
	if p.Summary() != "UDP fragment (1480 bytes)" {
		t.Error(p.Summary())
	}
}
