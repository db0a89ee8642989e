package trace

import (
	"fmt"
	"strings"

	"github.com/google/gopacket/layers"
)

// Summary describes a packet in its protocol's terms: "TCP SYN-ACK", "TCP data (87
// bytes)", "ARP request", "ICMP echo request".
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
		case p.IsFragment() && p.Headless():
			return fmt.Sprintf("%v fragment (%d bytes)", p.Protocol, p.Payload)
		case p.Headless():
			return fmt.Sprintf("%v without its header (%d bytes)", p.Protocol, p.Payload)
		case p.Protocol == layers.IPProtocolTCP:
			return "TCP " + p.tcpSummary()
		}
		return fmt.Sprintf("UDP (%d bytes)", p.Payload)
	case layers.IPProtocolICMPv4:
		if p.IsFragment() && p.ICMP == (ICMP{}) {
			return fmt.Sprintf("ICMP fragment (%d bytes)", p.Payload)
		}
		return "ICMP " + p.icmpSummary()
	case layers.IPProtocolICMPv6:
		if p.ICMP.Type == layers.ICMPv6TypeMLDv2MulticastListenerReportMessageV2 {
			return "ICMPv6 multicast listener report" // gopacket has no name for it
		}
		if p.IsFragment() && p.ICMP == (ICMP{}) {
			return fmt.Sprintf("ICMPv6 fragment (%d bytes)", p.Payload)
		}
		code := layers.CreateICMPv6TypeCode(p.ICMP.Type, p.ICMP.Code)
		if name := icmpv6Errors[code]; name != "" {
			return "ICMPv6 " + name
		}
		return "ICMPv6 " + spaced(code.String())
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

// icmpErrors names the errors whose code says what is wrong (RFC 792, RFC 1812).
var icmpErrors = map[layers.ICMPv4TypeCode]string{
	layers.CreateICMPv4TypeCode(layers.ICMPv4TypeDestinationUnreachable, layers.ICMPv4CodeNet):                 "network unreachable",
	layers.CreateICMPv4TypeCode(layers.ICMPv4TypeDestinationUnreachable, layers.ICMPv4CodeHost):                "host unreachable",
	layers.CreateICMPv4TypeCode(layers.ICMPv4TypeDestinationUnreachable, layers.ICMPv4CodeProtocol):            "protocol unreachable",
	layers.CreateICMPv4TypeCode(layers.ICMPv4TypeDestinationUnreachable, layers.ICMPv4CodePort):                "port unreachable",
	layers.CreateICMPv4TypeCode(layers.ICMPv4TypeDestinationUnreachable, layers.ICMPv4CodeFragmentationNeeded): "fragmentation needed",
	layers.CreateICMPv4TypeCode(layers.ICMPv4TypeDestinationUnreachable, layers.ICMPv4CodeCommAdminProhibited): "administratively prohibited",
	layers.CreateICMPv4TypeCode(layers.ICMPv4TypeTimeExceeded, layers.ICMPv4CodeTTLExceeded):                   "time exceeded",
}

// icmpv6Errors names the errors of RFC 4443.
var icmpv6Errors = map[layers.ICMPv6TypeCode]string{
	layers.CreateICMPv6TypeCode(layers.ICMPv6TypeDestinationUnreachable, layers.ICMPv6CodeNoRouteToDst):           "no route to destination",
	layers.CreateICMPv6TypeCode(layers.ICMPv6TypeDestinationUnreachable, layers.ICMPv6CodeAdminProhibited):        "administratively prohibited",
	layers.CreateICMPv6TypeCode(layers.ICMPv6TypeDestinationUnreachable, layers.ICMPv6CodeBeyondScopeOfSrc):       "beyond scope of source address",
	layers.CreateICMPv6TypeCode(layers.ICMPv6TypeDestinationUnreachable, layers.ICMPv6CodeAddressUnreachable):     "address unreachable",
	layers.CreateICMPv6TypeCode(layers.ICMPv6TypeDestinationUnreachable, layers.ICMPv6CodePortUnreachable):        "port unreachable",
	layers.CreateICMPv6TypeCode(layers.ICMPv6TypeDestinationUnreachable, layers.ICMPv6CodeSrcAddressFailedPolicy): "source address failed policy",
	layers.CreateICMPv6TypeCode(layers.ICMPv6TypeDestinationUnreachable, layers.ICMPv6CodeRejectRouteToDst):       "reject route to destination",
	layers.CreateICMPv6TypeCode(layers.ICMPv6TypePacketTooBig, 0):                                                 "packet too big",
	layers.CreateICMPv6TypeCode(layers.ICMPv6TypeTimeExceeded, layers.ICMPv6CodeHopLimitExceeded):                 "time exceeded",
}

func (p *Headers) icmpSummary() string {
	code := layers.CreateICMPv4TypeCode(p.ICMP.Type, p.ICMP.Code)
	if name := icmpErrors[code]; name != "" {
		return name
	}
	return spaced(code.String())
}

// spaced turns gopacket's "TimeExceeded(TTLExceeded)" into "time exceeded (TTL exceeded)".
func spaced(camel string) string {
	var b strings.Builder
	upper := func(i int) bool { return i >= 0 && i < len(camel) && camel[i] >= 'A' && camel[i] <= 'Z' }
	lower := func(i int) bool { return i >= 0 && i < len(camel) && camel[i] >= 'a' && camel[i] <= 'z' }
	for i, r := range camel {
		if r == '(' || upper(i) && (lower(i-1) || upper(i-1) && lower(i+1)) {
			b.WriteByte(' ')
		}
		if upper(i) && !upper(i-1) && !upper(i+1) || upper(i) && lower(i+1) {
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Background reports whether the packet is one that a node sends on its own when an
// interface comes up: for IPv6, the question whether an address is in use, the announcement of
// an address, and router discovery; or a multicast group report. Views may leave such packets
// out if they say so. Questions for the hardware address of a neighbor, and their answers, are
// not among them: like ARP, they are sent for a packet.
func (p *Headers) Background() bool {
	if p.Protocol == layers.IPProtocolIGMP {
		return true
	}
	if p.Protocol != layers.IPProtocolICMPv6 {
		return false
	}
	switch p.ICMP.Type {
	case layers.ICMPv6TypeNeighborSolicitation:
		return p.Src.Addr().IsUnspecified() || !p.ICMP.Target.IsValid()
	case layers.ICMPv6TypeNeighborAdvertisement:
		return p.Dst.Addr().IsMulticast() || !p.ICMP.Target.IsValid()
	case layers.ICMPv6TypeRouterSolicitation, layers.ICMPv6TypeRouterAdvertisement,
		layers.ICMPv6TypeMLDv1MulticastListenerQueryMessage, layers.ICMPv6TypeMLDv1MulticastListenerReportMessage,
		layers.ICMPv6TypeMLDv1MulticastListenerDoneMessage, layers.ICMPv6TypeMLDv2MulticastListenerReportMessageV2:
		return true
	}
	return false
}
