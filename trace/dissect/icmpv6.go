package dissect

import (
	"net"

	"github.com/google/gopacket/layers"
)

// The types and codes (IANA, "ICMPv6 Parameters"; RFC 4443, 3).
var icmpv6Types = map[uint32]icmpType{
	1: {"destination unreachable", true, []string{
		"no route to destination", "communication administratively prohibited", "beyond the scope of the source address",
		"address unreachable", "port unreachable", "source address failed the policy", "reject route to destination",
	}},
	2:   {"packet too big", true, nil},
	3:   {"time exceeded", true, []string{"hop limit exceeded in transit", "fragment reassembly time exceeded"}},
	4:   {"parameter problem", true, []string{"erroneous header field", "unrecognized next header", "unrecognized option"}},
	128: {name: "echo request"}, 129: {name: "echo reply"}, 130: {name: "multicast listener query"},
	131: {name: "multicast listener report, version 1"}, 132: {name: "multicast listener done"},
	133: {name: "router solicitation"}, 134: {name: "router advertisement"}, 135: {name: "neighbor solicitation"},
	136: {name: "neighbor advertisement"}, 137: {name: "redirect"}, 143: {name: "multicast listener report, version 2"},
}

// icmpv6 reads an ICMPv6 message (RFC 4443), with the addresses of neighbor
// discovery (RFC 4861) and of multicast listener reports (RFC 3810).
func (h *header) icmpv6() protocol {
	size := 4
	if icmpv6Types[h.peek(1)].name != "" {
		size = 8 // all known types have a second word
	}
	if !h.needs(size) {
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
	h.next = max(h.next, h.Offset+size)
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
	if b := h.frame[h.next:h.end]; len(b) >= 8 && b[1] == 1 && (b[0] == 1 || b[0] == 2) {
		whose := [3]string{1: "source", 2: "target"}[b[0]]
		h.add(8, whose+" link-layer address", net.HardwareAddr(b[2:8]).String())
	}
}
