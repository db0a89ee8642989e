package dissect

import (
	"fmt"

	"github.com/google/gopacket/layers"
)

const icmpLength = 8 // of the header, the second word included (RFC 792)

// The types that tracer's labs meet (IANA, "ICMP Type Numbers").
var icmpTypes = map[uint8]string{
	layers.ICMPv4TypeEchoReply:              "echo reply",
	layers.ICMPv4TypeDestinationUnreachable: "destination unreachable",
	layers.ICMPv4TypeSourceQuench:           "source quench",
	layers.ICMPv4TypeRedirect:               "redirect",
	layers.ICMPv4TypeEchoRequest:            "echo request",
	layers.ICMPv4TypeRouterAdvertisement:    "router advertisement",
	layers.ICMPv4TypeRouterSolicitation:     "router solicitation",
	layers.ICMPv4TypeTimeExceeded:           "time exceeded",
	layers.ICMPv4TypeParameterProblem:       "parameter problem",
	layers.ICMPv4TypeTimestampRequest:       "timestamp request",
	layers.ICMPv4TypeTimestampReply:         "timestamp reply",
}

// The codes, by type (RFC 792; RFC 1122, 3.2.2.1; RFC 1812, 5.2.7.1).
var icmpCodes = map[uint8][]string{
	layers.ICMPv4TypeDestinationUnreachable: {
		"network unreachable", "host unreachable", "protocol unreachable", "port unreachable",
		"fragmentation needed and DF set", "source route failed", "network unknown", "host unknown",
		"source host isolated", "network administratively prohibited", "host administratively prohibited",
		"network unreachable for the type of service", "host unreachable for the type of service",
		"communication administratively prohibited", "host precedence violation", "precedence cutoff in effect",
	},
	layers.ICMPv4TypeRedirect: {
		"for the network", "for the host", "for the type of service and network", "for the type of service and host",
	},
	layers.ICMPv4TypeTimeExceeded:     {"time to live exceeded in transit", "fragment reassembly time exceeded"},
	layers.ICMPv4TypeParameterProblem: {"the pointer shows the error", "a required option is missing", "bad length"},
}

// icmp reads an ICMP message (RFC 792).
func (d *dissection) icmp(p datagram) {
	at := p.at
	if p.end-at < icmpLength {
		d.truncated("ICMP", at, p.end, icmpLength)
		return
	}
	kind, code := d.u8(at), d.u8(at+1)
	l := Layer{Name: "ICMP", Offset: at, Length: icmpLength}
	l.add(at, 1, "type", "%s", named(kind, icmpTypes[kind]))
	l.add(at+1, 1, "code", "%s", named(code, nth(icmpCodes[kind], code)))
	l.add(at+2, 2, "checksum", "%s", p.checksum(d.frame[at:p.end], 2))
	quotes := false
	switch kind {
	case layers.ICMPv4TypeEchoRequest, layers.ICMPv4TypeEchoReply,
		layers.ICMPv4TypeTimestampRequest, layers.ICMPv4TypeTimestampReply:
		d.echo(&l, at+4)
	case layers.ICMPv4TypeDestinationUnreachable:
		quotes = true
		if code == layers.ICMPv4CodeFragmentationNeeded {
			l.add(at+6, 2, "next-hop MTU", "%s", count(int(d.u16(at+6)), "byte")) // RFC 1191, 4
		}
	case layers.ICMPv4TypeRedirect:
		quotes = true
		l.add(at+4, 4, "gateway internet address", "%s", d.ip4(at+4))
	case layers.ICMPv4TypeParameterProblem:
		quotes = true
		l.add(at+4, 1, "pointer", "%d", d.u8(at+4))
	case layers.ICMPv4TypeTimeExceeded, layers.ICMPv4TypeSourceQuench:
		quotes = true
	}
	d.append(l)
	if quotes {
		d.quote(at+icmpLength, p.end, d.ipv4)
		return
	}
	d.data(at+icmpLength, p.end)
}

// quote reads the packet that an error quotes. There are no errors about errors
// (RFC 1122, 3.2.2), so a quotation inside of a quotation is not read.
func (d *dissection) quote(at, end int, packet func(at, end int) int) {
	if d.quoting || at == end {
		d.data(at, end)
		return
	}
	d.quoting = true
	stop := packet(at, end)
	d.quoting = false
	d.data(stop, end)
}

// echo reads the words that tell echoes apart.
func (d *dissection) echo(l *Layer, at int) {
	l.add(at, 2, "identifier", "0x%04x (%d)", d.u16(at), d.u16(at))
	l.add(at+2, 2, "sequence number", "%d", d.u16(at+2))
}

// named writes a number with its name, if it has one.
func named(n uint8, name string) string {
	if name == "" {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d (%s)", n, name)
}

func nth(names []string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return ""
}
