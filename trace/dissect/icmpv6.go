package dissect

import "github.com/google/gopacket/layers"

// The types and codes (IANA, "ICMPv6 Parameters"; RFC 4443, 3).
var icmpv6Types = map[uint32]icmpType{
	layers.ICMPv6TypeDestinationUnreachable: {"destination unreachable", true, []string{
		"no route to destination", "communication administratively prohibited", "beyond the scope of the source address",
		"address unreachable", "port unreachable", "source address failed the policy", "reject route to destination",
	}},
	layers.ICMPv6TypePacketTooBig: {"packet too big", true, nil},
	layers.ICMPv6TypeTimeExceeded: {"time exceeded", true, []string{
		"hop limit exceeded in transit", "fragment reassembly time exceeded",
	}},
	layers.ICMPv6TypeParameterProblem: {"parameter problem", true, []string{
		"erroneous header field", "unrecognized next header", "unrecognized option",
	}},
	layers.ICMPv6TypeEchoRequest:                           {name: "echo request"},
	layers.ICMPv6TypeEchoReply:                             {name: "echo reply"},
	layers.ICMPv6TypeMLDv1MulticastListenerQueryMessage:    {name: "multicast listener query"},
	layers.ICMPv6TypeMLDv1MulticastListenerReportMessage:   {name: "multicast listener report, version 1"},
	layers.ICMPv6TypeMLDv1MulticastListenerDoneMessage:     {name: "multicast listener done"},
	layers.ICMPv6TypeRouterSolicitation:                    {name: "router solicitation"},
	layers.ICMPv6TypeRouterAdvertisement:                   {name: "router advertisement"},
	layers.ICMPv6TypeNeighborSolicitation:                  {name: "neighbor solicitation"},
	layers.ICMPv6TypeNeighborAdvertisement:                 {name: "neighbor advertisement"},
	layers.ICMPv6TypeRedirect:                              {name: "redirect"},
	layers.ICMPv6TypeMLDv2MulticastListenerReportMessageV2: {name: "multicast listener report, version 2"},
}

// icmpv6 reads an ICMPv6 message (RFC 4443), with the addresses of neighbor
// discovery (RFC 4861) and of multicast listener reports (RFC 3810).
func (h *header) icmpv6() protocol {
	if icmpv6Types[h.peek(1)].name == "" {
		h.icmpStart(icmpv6Types)
		return protocol{}
	}
	if !h.needs(8) { // all known types have a second word
		return protocol{}
	}
	kind, _ := h.icmpStart(icmpv6Types)
	switch kind {
	case layers.ICMPv6TypeEchoRequest, layers.ICMPv6TypeEchoReply:
		h.echo()
	case layers.ICMPv6TypePacketTooBig:
		h.add(4, "MTU", decimal(h.peek(4))+" bytes")
	case layers.ICMPv6TypeParameterProblem:
		h.number(4, "pointer")
	case layers.ICMPv6TypeNeighborSolicitation, layers.ICMPv6TypeNeighborAdvertisement:
		h.neighbor()
	case layers.ICMPv6TypeMLDv2MulticastListenerReportMessageV2:
		h.records(16)
	}
	h.next = max(h.next, h.Offset+8)
	return h.quotation(icmpv6Types[kind], protocolIPv6())
}

// neighbor reads the target of a neighbor message, and its link-layer address if
// that is the first option (RFC 4861, 4.6.1).
func (h *header) neighbor() {
	h.next += 4 // flags or reserved
	if h.end-h.next < 16 {
		return
	}
	h.ip(16, "target address")
	if h.end-h.next < 8 {
		return
	}
	name := map[uint32]string{0x0101: "source link-layer address", 0x0201: "target link-layer address"}[h.peek(2)]
	if name == "" {
		return
	}
	h.next += 2
	address := h.address(6)
	h.next -= 2
	h.add(8, name, address)
}
