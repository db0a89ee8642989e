package dissect

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"github.com/google/gopacket/layers"
)

// maxText is how many bytes of a name or a record's text are shown.
const maxText = 200

// dnsRecord reads a resource record (RFC 1035, 4.1.3) at an offset of the
// message.
func dnsRecord(message []byte, at int) (value string, next int, err error) {
	name, at, err := dnsName(message, at)
	if err != nil {
		return "", 0, err
	}
	if len(message) < at+10 {
		return "", 0, errShort
	}
	kind, class := binary.BigEndian.Uint16(message[at:]), binary.BigEndian.Uint16(message[at+2:])
	ttl, size := binary.BigEndian.Uint32(message[at+4:]), int(binary.BigEndian.Uint16(message[at+8:]))
	at += 10
	if len(message) < at+size {
		return "", 0, errShort
	}
	next = at + size
	if layers.DNSType(kind) == layers.DNSTypeOPT {
		// It is about the message; the class is a size (RFC 6891, 6.1.2).
		return fmt.Sprintf("%s OPT, UDP payload size %d bytes, %s of options", clip(name), class, count(size, "byte")), next, nil
	}
	// Names inside of the data may point back into the message, but must end
	// with the data.
	data, err := dnsData(layers.DNSType(kind), message[:next], at)
	if err != nil {
		return "", 0, fmt.Errorf("%s data: %w", dnsType(kind), err)
	}
	return fmt.Sprintf("%s %s %s, TTL %d s: %s", clip(name), dnsType(kind), dnsClass(class), ttl, data), next, nil
}

// dnsData writes a record's data, which goes from at to the end of the message.
func dnsData(kind layers.DNSType, message []byte, at int) (string, error) {
	b := message[at:]
	switch {
	case kind == layers.DNSTypeA && len(b) == 4, kind == layers.DNSTypeAAAA && len(b) == 16: // RFC 3596
		address, _ := netip.AddrFromSlice(b)
		return address.String(), nil
	case kind == layers.DNSTypeNS, kind == layers.DNSTypeCNAME, kind == layers.DNSTypePTR:
		return dnsTarget(message, at)
	case kind == layers.DNSTypeMX && len(b) > 2:
		name, err := dnsTarget(message, at+2)
		return fmt.Sprintf("preference %d, %s", binary.BigEndian.Uint16(b), name), err
	case kind == layers.DNSTypeSRV && len(b) > 6: // RFC 2782
		name, err := dnsTarget(message, at+6)
		return fmt.Sprintf("priority %d, weight %d, %s port %d", binary.BigEndian.Uint16(b),
			binary.BigEndian.Uint16(b[2:]), name, binary.BigEndian.Uint16(b[4:])), err
	case kind == layers.DNSTypeSOA:
		name, err := dnsTarget(message, at)
		return "primary server " + name, err
	case kind == layers.DNSTypeTXT:
		return dnsText(b), nil
	default:
		return count(len(b), "byte"), nil
	}
}

// dnsTarget reads a name inside of a record's data. That it goes beyond the data
// does not mean that the message is cut off.
func dnsTarget(message []byte, at int) (string, error) {
	name, _, err := dnsName(message, at)
	if err != nil {
		return "", fmt.Errorf("not a name: %v", err) //nolint:errorlint // it must not be errShort
	}
	return clip(name), nil
}

// dnsText writes the character strings of a TXT record (RFC 1035, 3.3.14).
func dnsText(b []byte) string {
	var parts []string
	for room := maxText; len(b) > 0 && room > 0; {
		n := min(int(b[0]), len(b)-1)
		part := printable(b[1:1+n], room)
		parts, room = append(parts, `"`+part+`"`), room-len(part)-2
		b = b[1+n:]
	}
	if len(b) > 0 {
		parts = append(parts, fmt.Sprintf("… (%s more)", count(len(b), "byte")))
	}
	return strings.Join(parts, " ")
}

// dnsType names a record's type (IANA, "DNS Parameters"; RFC 3597, 5 for those
// without a name).
func dnsType(kind uint16) string {
	switch kind {
	case 64:
		return "SVCB"
	case 65:
		return "HTTPS"
	case 255:
		return "ANY"
	}
	if name := layers.DNSType(kind).String(); name != "Unknown" {
		return name
	}
	return fmt.Sprintf("TYPE%d", kind)
}

func dnsClass(class uint16) string {
	if name := layers.DNSClass(class).String(); name != "Unknown" {
		return name
	}
	return fmt.Sprintf("CLASS%d", class)
}

// clip shortens a name, which escaping can make long.
func clip(name string) string {
	if len(name) <= maxText {
		return name
	}
	return strings.ToValidUTF8(name[:maxText], "") + "…"
}
