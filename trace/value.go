package trace

import (
	"fmt"
	"net/netip"
	"strconv"
)

// Value is the value of a header field: an [Endpoint], a [TTL], a [MAC], an [ICMPID], a
// [Number] or [Bits].
// Values are comparable.
type Value interface {
	fmt.Stringer
	value()
}

// Endpoint is an IP address, with a port if the packet has one. Port 0 means none.
type Endpoint netip.AddrPort

func (Endpoint) value() {}

// String returns "ip:port", or only the address.
func (e Endpoint) String() string {
	if ap := netip.AddrPort(e); ap.Port() != 0 {
		return ap.String()
	}
	return netip.AddrPort(e).Addr().String()
}

// TTL is IPv4's time to live, or IPv6's hop limit.
type TTL uint8

func (TTL) value() {}

// String returns the number.
func (t TTL) String() string { return strconv.Itoa(int(t)) }

// ICMPID is the identifier of an ICMP echo.
type ICMPID uint16

func (ICMPID) value() {}

// String returns the number.
func (i ICMPID) String() string { return strconv.Itoa(int(i)) }

// Number is the value of a field that is a plain number, or a flag: 0 or 1.
type Number uint64

func (Number) value() {}

// String returns the decimal number.
func (n Number) String() string { return strconv.FormatUint(uint64(n), 10) }

// Bits is the value of a field that is a set of bits.
type Bits uint32

func (Bits) value() {}

// String returns the hexadecimal number, as iptables prints it: "0x10".
func (b Bits) String() string { return fmt.Sprintf("%#x", uint32(b)) }

func (MAC) value() {}

// Parse parses a value of the field, as its String method writes it.
func (f Field) Parse(text string) (Value, error) {
	switch f {
	case FieldSource, FieldDestination:
		return ParseEndpoint(text)
	case FieldTTL:
		n, err := strconv.ParseUint(text, 10, 8)
		return TTL(n), err
	case FieldICMPID:
		n, err := strconv.ParseUint(text, 10, 16)
		return ICMPID(n), err
	case FieldSourceMAC, FieldDestinationMAC:
		return ParseMAC(text)
	case FieldTOS, FieldMark, FieldFlowLabel:
		n, err := strconv.ParseUint(text, 0, 32)
		return Bits(n), err
	case FieldID, FieldDF, FieldWindow, FieldMSS:
		n, err := strconv.ParseUint(text, 10, 64)
		return Number(n), err
	}
	return nil, fmt.Errorf("%v has no values", f)
}

// ParseEndpoint parses the output of [Endpoint.String]. Addresses in packets have no
// zone.
func ParseEndpoint(s string) (Endpoint, error) {
	ap, err := netip.ParseAddrPort(s)
	if err != nil {
		var a netip.Addr
		if a, err = netip.ParseAddr(s); err != nil {
			return Endpoint{}, err
		}
		ap = netip.AddrPortFrom(a, 0)
	}
	if ap.Addr().Zone() != "" {
		return Endpoint{}, fmt.Errorf("%q: an address with a zone", s)
	}
	return Endpoint(ap), nil
}
