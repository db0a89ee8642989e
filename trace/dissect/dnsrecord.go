package dissect

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"github.com/google/gopacket/layers"
)

// The types and classes of records (IANA, "DNS Parameters").
var (
	dnsTypes = map[uint32]string{
		1: "A", 2: "NS", 3: "MD", 4: "MF", 5: "CNAME", 6: "SOA", 7: "MB", 8: "MG", 9: "MR", 10: "NULL", 11: "WKS", 12: "PTR",
		13: "HINFO", 14: "MINFO", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 35: "NAPTR", 41: "OPT", 43: "DS", 46: "RRSIG",
		47: "NSEC", 48: "DNSKEY", 50: "NSEC3", 64: "SVCB", 65: "HTTPS", 252: "AXFR", 255: "ANY", 256: "URI", 257: "CAA",
	}
	dnsClasses = map[uint32]string{1: "IN", 2: "CS", 3: "CH", 4: "HS", 254: "NONE", 255: "ANY"}
)

// Unknown types and classes are written as in RFC 3597, 5.
func dnsType(n uint32) string  { return cmp.Or(dnsTypes[n], "TYPE"+decimal(n)) }
func dnsClass(n uint32) string { return cmp.Or(dnsClasses[n], "CLASS"+decimal(n)) }

// question reads a question (RFC 1035, 4.1.2).
func (h *header) question() string {
	return fmt.Sprintf("%s %s %s", h.domain(), dnsType(h.take16()), dnsClass(h.take16()))
}

// record reads a resource record (RFC 1035, 4.1.3). Names in its data may point back into
// the message, but must end within the data.
func (h *header) record() string {
	name, kind, class, ttl, size := h.domain(), h.take16(), h.take16(), number(h.take(4)), int(h.take16())
	data := *h
	if h.take(size); h.problem.kind != "" {
		return ""
	}
	if layers.DNSType(kind) == layers.DNSTypeOPT {
		// It describes the message; its class is a size (RFC 6891, 6.1.2).
		return fmt.Sprintf("%s OPT, UDP payload size %d bytes, %s of options", name, class, count(size, "byte"))
	}
	data.end = h.next
	value := data.value(layers.DNSType(kind), size)
	if data.problem.kind != "" {
		value = fmt.Sprintf("%s [malformed: %s]", count(size, "byte"), data.problem.text)
	}
	return fmt.Sprintf("%s %s %s, TTL %d s: %s", name, dnsType(kind), dnsClass(class), ttl, value)
}

// value reads the n bytes of a record's data.
func (h *header) value(kind layers.DNSType, n int) string {
	switch {
	case kind == layers.DNSTypeA && n == 4, kind == layers.DNSTypeAAAA && n == 16: // RFC 3596
		address, _ := netip.AddrFromSlice(h.take(n))
		return address.String()
	case n == 0: // in updates (RFC 2136, 2.5)
	case kind == layers.DNSTypeNS, kind == layers.DNSTypeCNAME, kind == layers.DNSTypePTR:
		return h.domain()
	case kind == layers.DNSTypeMX:
		return fmt.Sprintf("preference %d, %s", h.take16(), h.domain())
	case kind == layers.DNSTypeSRV: // RFC 2782
		return fmt.Sprintf("priority %d, weight %d, port %d of %s", h.take16(), h.take16(), h.take16(), h.domain())
	case kind == layers.DNSTypeSOA:
		return "primary server " + h.domain()
	case kind == layers.DNSTypeTXT:
		return quotedStrings(h.take(n))
	}
	return count(n, "byte")
}

// quotedStrings formats the character strings of a TXT record (RFC 1035, 3.3.14).
func quotedStrings(b []byte) string {
	var parts []string
	for room := maxText; len(b) > 0 && room > 0; {
		n := min(int(b[0]), len(b)-1)
		part := printable(b[1:1+n], room)
		parts, room = append(parts, `"`+part+`"`), room-len(part)-2
		b = b[1+n:]
	}
	if len(b) > 0 {
		parts = append(parts, "… ("+count(len(b), "more byte")+")")
	}
	return strings.Join(parts, " ")
}
