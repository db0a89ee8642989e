package dissect

import "fmt"

const (
	udpLength = 8  // of the header (RFC 768)
	dnsPort   = 53 // RFC 1035, 4.2.1
)

// udp reads a datagram (RFC 768).
func (d *dissection) udp(p datagram) {
	at, there := p.at, p.end-p.at
	if there < udpLength {
		d.truncated("UDP", at, p.end, udpLength)
		return
	}
	n := int(d.u16(at + 4))
	length := count(n, "byte")
	switch {
	case n == 0: // a jumbogram (RFC 2675, 4), or left to the network card
		n = there
		length = fmt.Sprintf("0 [taken as %d, up to the end]", n)
	case n < udpLength:
		d.malformed("UDP", at, p.end, "a length of %s, less than the header's %d", length, udpLength)
		return
	case n > there:
		if p.unverified == "" {
			p.unverified = "the length is more than IP carries"
		}
		length += fmt.Sprintf(" [%d of them are there]", there)
		n = there
	}
	source, destination := d.u16(at), d.u16(at+2)
	l := Layer{Name: "UDP", Offset: at, Length: udpLength}
	l.add(at, 2, "source port", "%d", source)
	l.add(at+2, 2, "destination port", "%d", destination)
	l.add(at+4, 2, "length", "%s", length)
	l.add(at+6, 2, "checksum", "%s", d.udpChecksum(p, n))
	if n < there {
		// What comes before it is the payload, so it cannot be a layer.
		l.add(at+n, there-n, "surplus", "%s that IP carries behind the datagram", count(there-n, "byte"))
	}
	d.append(l)
	if !d.quoting && (source == dnsPort || destination == dnsPort) && n > udpLength {
		d.dns(at+udpLength, at+n)
		return
	}
	d.data(at+udpLength, at+n)
}

// udpChecksum writes the checksum of a datagram of n bytes.
func (d *dissection) udpChecksum(p datagram, n int) string {
	got := d.u16(p.at + 6)
	switch {
	case got == 0 && p.source.Is4():
		return "0x0000 [none: the sender computed none]"
	case got == 0:
		return "0x0000 [none, which IPv6 allows only for tunnels]" // RFC 6935
	}
	return p.checksum(d.frame[p.at:p.at+n], 6)
}
