package dissect

import "github.com/google/gopacket/layers"

const (
	icmpv6Least    = 4  // bytes of every message (RFC 4443, 2.1)
	icmpv6Length   = 8  // of the header, with the word that all known types have
	neighborLength = 16 // of the target address (RFC 4861, 4.3)
)

// The types (IANA, "ICMPv6 Parameters").
var icmpv6Types = map[uint8]string{
	layers.ICMPv6TypeDestinationUnreachable:                "destination unreachable",
	layers.ICMPv6TypePacketTooBig:                          "packet too big",
	layers.ICMPv6TypeTimeExceeded:                          "time exceeded",
	layers.ICMPv6TypeParameterProblem:                      "parameter problem",
	layers.ICMPv6TypeEchoRequest:                           "echo request",
	layers.ICMPv6TypeEchoReply:                             "echo reply",
	layers.ICMPv6TypeMLDv1MulticastListenerQueryMessage:    "multicast listener query",
	layers.ICMPv6TypeMLDv1MulticastListenerReportMessage:   "multicast listener report, version 1",
	layers.ICMPv6TypeMLDv1MulticastListenerDoneMessage:     "multicast listener done",
	layers.ICMPv6TypeRouterSolicitation:                    "router solicitation",
	layers.ICMPv6TypeRouterAdvertisement:                   "router advertisement",
	layers.ICMPv6TypeNeighborSolicitation:                  "neighbor solicitation",
	layers.ICMPv6TypeNeighborAdvertisement:                 "neighbor advertisement",
	layers.ICMPv6TypeRedirect:                              "redirect",
	layers.ICMPv6TypeMLDv2MulticastListenerReportMessageV2: "multicast listener report, version 2",
}

// The codes, by type (RFC 4443, 3).
var icmpv6Codes = map[uint8][]string{
	layers.ICMPv6TypeDestinationUnreachable: {
		"no route to destination", "communication administratively prohibited", "beyond the scope of the source address",
		"address unreachable", "port unreachable", "source address failed the policy", "reject route to destination",
	},
	layers.ICMPv6TypeTimeExceeded: {"hop limit exceeded in transit", "fragment reassembly time exceeded"},
	layers.ICMPv6TypeParameterProblem: {
		"erroneous header field", "unrecognized next header", "unrecognized option",
	},
}

// icmpv6 reads an ICMPv6 message (RFC 4443), and the addresses of neighbor
// discovery (RFC 4861) and of multicast listener reports (RFC 3810).
func (d *dissection) icmpv6(p datagram) {
	at := p.at
	size := icmpv6Least
	if at < p.end && icmpv6Types[d.u8(at)] != "" {
		size = icmpv6Length
	}
	if p.end-at < size {
		d.truncated("ICMPv6", at, p.end, size)
		return
	}
	kind, code := d.u8(at), d.u8(at+1)
	l := Layer{Name: "ICMPv6", Offset: at, Length: size}
	l.add(at, 1, "type", "%s", named(kind, icmpv6Types[kind]))
	l.add(at+1, 1, "code", "%s", named(code, nth(icmpv6Codes[kind], code)))
	l.add(at+2, 2, "checksum", "%s", p.checksum(d.frame[at:p.end], 2))
	quotes, missing := false, 0
	switch kind {
	case layers.ICMPv6TypeEchoRequest, layers.ICMPv6TypeEchoReply:
		d.echo(&l, at+4)
	case layers.ICMPv6TypePacketTooBig:
		quotes = true
		l.add(at+4, 4, "MTU", "%d bytes", d.u32(at+4))
	case layers.ICMPv6TypeParameterProblem:
		quotes = true
		l.add(at+4, 4, "pointer", "%d", d.u32(at+4))
	case layers.ICMPv6TypeDestinationUnreachable, layers.ICMPv6TypeTimeExceeded:
		quotes = true
	case layers.ICMPv6TypeNeighborSolicitation, layers.ICMPv6TypeNeighborAdvertisement:
		d.neighbor(&l, p.end)
	case layers.ICMPv6TypeMLDv2MulticastListenerReportMessageV2:
		missing = d.records(&l, p.end, 16)
	}
	d.append(l)
	if quotes {
		d.quote(at+icmpv6Length, p.end, d.ipv6)
		return
	}
	d.afterRecords(at+l.Length, p.end, missing)
}

// neighbor reads the target of a neighbor message, and the address on the link
// if it comes first among the options (RFC 4861, 4.6.1).
func (d *dissection) neighbor(l *Layer, end int) {
	at := l.Offset + icmpv6Length
	if end-at < neighborLength {
		return
	}
	l.add(at, neighborLength, "target address", "%s", d.ip6(at))
	l.Length += neighborLength
	at += neighborLength
	if end-at < 8 || d.u8(at+1) != 1 {
		return
	}
	switch d.u8(at) {
	case 1:
		l.add(at, 8, "source link-layer address", "%s", d.mac(at+2))
	case 2:
		l.add(at, 8, "target link-layer address", "%s", d.mac(at+2))
	default:
		return
	}
	l.Length += 8
}
