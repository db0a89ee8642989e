package dissect

import "github.com/google/gopacket/layers"

// icmpType is a type of message, for either version of ICMP.
type icmpType struct {
	name  string
	error bool     // quotes the packet that caused it
	codes []string // by number
}

// The types and codes (IANA, "ICMP Parameters"; RFC 792; RFC 1122, 3.2.2.1;
// RFC 1812, 5.2.7.1).
var icmpTypes = map[uint32]icmpType{
	3: {"destination unreachable", true, []string{
		"network unreachable", "host unreachable", "protocol unreachable", "port unreachable",
		"fragmentation needed and DF set", "source route failed", "network unknown", "host unknown",
		"source host isolated", "network administratively prohibited", "host administratively prohibited",
		"network unreachable for the type of service", "host unreachable for the type of service",
		"communication administratively prohibited", "host precedence violation", "precedence cutoff in effect",
	}},
	4: {"source quench", true, nil},
	5: {"redirect", true, []string{
		"for the network", "for the host", "for the type of service and network", "for the type of service and host",
	}},
	11: {"time exceeded", true, []string{"time to live exceeded in transit", "fragment reassembly time exceeded"}},
	12: {"parameter problem", true, []string{"pointer indicates the error", "missing a required option", "bad length"}},
	0:  {name: "echo reply"}, 8: {name: "echo request"}, 9: {name: "router advertisement"}, 10: {name: "router solicitation"},
	13: {name: "timestamp request"}, 14: {name: "timestamp reply"},
}

// icmp reads an ICMP message (RFC 792).
func (h *header) icmp() protocol {
	kind, code := h.icmpStart(icmpTypes)
	switch kind {
	case layers.ICMPv4TypeEchoRequest, layers.ICMPv4TypeEchoReply,
		layers.ICMPv4TypeTimestampRequest, layers.ICMPv4TypeTimestampReply:
		h.echo()
	case layers.ICMPv4TypeDestinationUnreachable:
		if code == layers.ICMPv4CodeFragmentationNeeded {
			h.next += 2
			h.add(2, "next-hop MTU", count(int(h.peek(2)), "byte")) // RFC 1191, 4
		}
	case layers.ICMPv4TypeRedirect:
		h.ip(4, "gateway internet address")
	case layers.ICMPv4TypeParameterProblem:
		h.number(1, "pointer")
	}
	h.next = h.Offset + 8
	return h.quotation(icmpTypes[kind], protocolIPv4())
}

// icmpStart reads the fields common to all messages of both versions.
func (h *header) icmpStart(types map[uint32]icmpType) (kind, code uint32) {
	kind, code = h.peek(1), h.peek(2)&0xff
	known, name := types[kind], ""
	if int(code) < len(known.codes) {
		name = known.codes[code]
	}
	h.add(1, "type", named(kind, known.name))
	h.add(1, "code", named(code, name))
	h.checksum()
	return kind, code
}

// echo reads the identifier and sequence number of an echo message.
func (h *header) echo() {
	h.id("identifier")
	h.number(2, "sequence number")
}

// quotation returns the protocol of the packet that an error quotes. No error answers an
// error (RFC 1122, 3.2.2), so a quotation within a quotation is data.
func (h *header) quotation(t icmpType, p protocol) protocol {
	if !t.error || h.quoting {
		return protocol{}
	}
	p.quoted = true
	return p
}
