package trace

import (
	"fmt"
	"strings"

	"github.com/google/gopacket/layers"
)

// Summary names a packet in the words of its protocol: "TCP SYN-ACK",
// "TCP data (87 bytes)", "ARP request", "ICMP echo request".
func (p *Headers) Summary() string {
	if p.IsARP() {
		switch p.ARP.Op {
		case layers.ARPRequest:
			return "ARP request"
		case layers.ARPReply:
			return "ARP reply"
		}
		return fmt.Sprintf("ARP operation %d", p.ARP.Op)
	}
	switch p.Protocol {
	case layers.IPProtocolTCP, layers.IPProtocolUDP:
		switch {
		case p.Headless():
			return fmt.Sprintf("%v without its header (%d bytes)", p.Protocol, p.Payload)
		case p.Protocol == layers.IPProtocolTCP:
			return "TCP " + p.tcpSummary()
		}
		return fmt.Sprintf("UDP (%d bytes)", p.Payload)
	case layers.IPProtocolICMPv4:
		return "ICMP " + spaced(layers.CreateICMPv4TypeCode(p.ICMP.Type, p.ICMP.Code).String())
	case layers.IPProtocolICMPv6:
		if p.ICMP.Type == layers.ICMPv6TypeMLDv2MulticastListenerReportMessageV2 {
			return "ICMPv6 multicast listener report" // gopacket has no name for it
		}
		return "ICMPv6 " + spaced(layers.CreateICMPv6TypeCode(p.ICMP.Type, p.ICMP.Code).String())
	}
	if p.IsIP() {
		return p.Protocol.String()
	}
	return p.EtherType.String()
}

func (p *Headers) tcpSummary() string {
	var names []string
	for _, f := range []struct {
		flag Flags
		name string
	}{{SYN, "SYN"}, {FIN, "FIN"}, {RST, "RST"}} {
		if p.TCP.Flags&f.flag != 0 {
			names = append(names, f.name)
		}
	}
	if p.TCP.Flags&ACK != 0 && (len(names) > 0 || p.Payload == 0) {
		names = append(names, "ACK")
	}
	if p.Payload > 0 {
		names = append(names, fmt.Sprintf("data (%d bytes)", p.Payload))
	}
	return strings.Join(names, "-")
}

// spaced turns gopacket's "EchoRequest" into "echo request"; what follows in
// brackets is kept.
func spaced(camel string) string {
	name, rest, _ := strings.Cut(camel, "(")
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte(' ')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	if rest != "" {
		b.WriteString(" (" + rest)
	}
	return b.String()
}

// Background reports whether the packet is one that a node sends by itself
// when an interface comes up: IPv6's neighbour and router discovery, reports of
// multicast groups. Views may leave them out, saying so.
func (p *Headers) Background() bool {
	if p.Protocol == layers.IPProtocolIGMP {
		return true
	}
	if p.Protocol != layers.IPProtocolICMPv6 {
		return false
	}
	switch p.ICMP.Type {
	case layers.ICMPv6TypeRouterSolicitation, layers.ICMPv6TypeRouterAdvertisement,
		layers.ICMPv6TypeNeighborSolicitation, layers.ICMPv6TypeNeighborAdvertisement,
		layers.ICMPv6TypeMLDv1MulticastListenerQueryMessage, layers.ICMPv6TypeMLDv1MulticastListenerReportMessage,
		layers.ICMPv6TypeMLDv1MulticastListenerDoneMessage, layers.ICMPv6TypeMLDv2MulticastListenerReportMessageV2:
		return true
	}
	return false
}
