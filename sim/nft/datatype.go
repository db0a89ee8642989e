package nft

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Type is the type of a value, as in "type ipv4_addr".
type Type struct {
	name string
	id   uint32 // nft's own number, by which it recognizes the type of a set (TYPE_* in include/datatype.h)
	size int    // in bytes; 0 for verdicts
	host bool   // the kernel has it in host byte order
	wrap int    // how many elements of a set nft prints on a line

	parse func(text string) ([]byte, error)
	text  func(value []byte) string
}

// String returns "ipv4_addr".
func (t *Type) String() string { return t.name }

var (
	ifName  = &Type{name: "ifname", id: 41, size: 16, host: true, wrap: 1, parse: parseName, text: nameText}
	ip4     = &Type{name: "ipv4_addr", id: 7, size: 4, wrap: 2, parse: parseAddr, text: addrText}
	ip6     = &Type{name: "ipv6_addr", id: 8, size: 16, wrap: 1, parse: parseAddr, text: addrText}
	service = &Type{name: "inet_service", id: 13, size: 2, wrap: 5, parse: parsePort, text: portText}
	mark    = &Type{name: "mark", id: 19, size: 4, host: true, wrap: 5, parse: parseMark, text: markText}
	octet   = symbols(Type{name: "integer", id: 4, size: 1, wrap: 5}, nil)
	proto   = symbols(Type{name: "inet_proto", id: 12, size: 1, wrap: 5}, map[uint32]string{
		1: "icmp", 2: "igmp", 4: "ipencap", 6: "tcp", 17: "udp", 41: "ipv6", 47: "gre", 50: "esp", 51: "ah", 58: "ipv6-icmp",
		89: "ospf", 103: "pim", 132: "sctp", 136: "udplite",
	})
	nfProto = symbols(Type{name: "nf_proto", id: 2, size: 1, wrap: 5}, map[uint32]string{uint32(IPv4): "ipv4", uint32(IPv6): "ipv6"})
	ctState = symbols(Type{name: "ct_state", id: 26, size: 4, host: true, wrap: 2}, map[uint32]string{1: "invalid", 2: "established", 4: "related", 8: "new", 64: "untracked"})
	fibType = symbols(Type{name: "fib_addrtype", id: 38, size: 4, host: true, wrap: 1}, map[uint32]string{
		0: "unspec", 1: "unicast", local: "local", 3: "broadcast", 4: "anycast", 5: "multicast", 6: "blackhole", 7: "unreachable", 8: "prohibit",
	})
	icmpType = symbols(Type{name: "icmp_type", id: 14, size: 1, wrap: 1}, map[uint32]string{
		0: "echo-reply", 3: "destination-unreachable", 4: "source-quench", 5: "redirect", 8: "echo-request", 9: "router-advertisement",
		10: "router-solicitation", 11: "time-exceeded", 12: "parameter-problem", 13: "timestamp-request", 14: "timestamp-reply",
		15: "info-request", 16: "info-reply", 17: "address-mask-request", 18: "address-mask-reply",
	})
	icmp6Type = symbols(Type{name: "icmpv6_type", id: 29, size: 1, wrap: 1}, map[uint32]string{
		1: "destination-unreachable", 2: "packet-too-big", 3: "time-exceeded", 4: "parameter-problem", 128: "echo-request", 129: "echo-reply",
		130: "mld-listener-query", 131: "mld-listener-report", 132: "mld-listener-done", 133: "nd-router-solicit", 134: "nd-router-advert",
		135: "nd-neighbor-solicit", 136: "nd-neighbor-advert", 137: "nd-redirect",
	})
)

// local is the type of the node's own addresses (RTN_LOCAL).
const local = 2

// setTypes are the types that sets can have.
var setTypes = []*Type{ifName, ip4, ip6, service, mark, proto, nfProto, ctState, fibType, icmpType, icmp6Type}

func typeNamed(name string) *Type {
	if i := slices.IndexFunc(setTypes, func(t *Type) bool { return t.name == name }); i >= 0 {
		return setTypes[i]
	}
	return nil
}

func typeNumbered(id uint32) *Type {
	if i := slices.IndexFunc(setTypes, func(t *Type) bool { return t.id == id }); i >= 0 {
		return setTypes[i]
	}
	return nil
}

// flags reports whether values of the type are bits, of which a packet has one or more.
func (t *Type) flags() bool { return t == ctState }

// symbols completes a numeric type whose values have names.
func symbols(t Type, names map[uint32]string) *Type {
	t.parse = func(text string) ([]byte, error) {
		for n, name := range names {
			if name == text {
				return t.number(n), nil
			}
		}
		n, err := strconv.ParseUint(text, 0, 8*t.size)
		if err != nil {
			return nil, fmt.Errorf("%q is not a value of type %s", text, t.name)
		}
		return t.number(uint32(n)), nil
	}
	t.text = func(b []byte) string {
		n := t.value(b)
		if name, known := names[n]; known {
			return name
		}
		return strconv.FormatUint(uint64(n), 10)
	}
	return &t
}

// number returns a number in the kernel's layout.
func (t *Type) number(n uint32) []byte {
	switch {
	case t.size == 1:
		return []byte{byte(n)}
	case t.host:
		return binary.NativeEndian.AppendUint32(nil, n)
	}
	return binary.BigEndian.AppendUint32(nil, n)[4-t.size:]
}

// value is the inverse of number.
func (t *Type) value(b []byte) uint32 {
	switch {
	case len(b) == 1:
		return uint32(b[0])
	case len(b) == 2:
		return uint32(binary.BigEndian.Uint16(b))
	case len(b) == 4 && t.host:
		return binary.NativeEndian.Uint32(b)
	case len(b) == 4:
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

const maxName = 16 // IFNAMSIZ

// parseName reads an interface's name; without its padding if it ends in an asterisk.
func parseName(s string) ([]byte, error) {
	s = strings.Trim(s, `"`)
	switch {
	case s == "" || len(s) >= maxName || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, fmt.Errorf("%q is not the name of an interface", s)
	case strings.HasSuffix(s, "*"):
		return []byte(strings.TrimSuffix(s, "*")), nil
	}
	return append([]byte(s), make([]byte, maxName-len(s))...), nil
}

func nameText(b []byte) string {
	if len(b) < maxName {
		return strconv.Quote(string(b) + "*")
	}
	return `"` + string(bytes.TrimRight(b, "\x00")) + `"`
}

func parseAddr(s string) ([]byte, error) {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not an address", s)
	}
	return a.AsSlice(), nil
}

func addrText(b []byte) string {
	a, _ := netip.AddrFromSlice(b)
	return a.String()
}

func parsePort(s string) ([]byte, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("%q is not a port", s)
	}
	return binary.BigEndian.AppendUint16(nil, uint16(n)), nil
}

func portText(b []byte) string { return strconv.Itoa(int(binary.BigEndian.Uint16(b))) }

func parseMark(s string) ([]byte, error) {
	n, err := strconv.ParseUint(s, 0, 32)
	if err != nil {
		return nil, fmt.Errorf("%q is not a mark", s)
	}
	return binary.NativeEndian.AppendUint32(nil, uint32(n)), nil
}

func markText(b []byte) string { return fmt.Sprintf("0x%08x", binary.NativeEndian.Uint32(b)) }
