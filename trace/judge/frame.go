package judge

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"net/netip"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// Sighting is a frame on an interface, as the judge saw it.
type Sighting struct {
	At     Port
	Out    bool
	Time   time.Time
	Length int
	Data   []byte
	header
}

// header is what the judge reads from a frame. It has its own decoder, so as not to repeat
// a mistake in trace/packet.
type header struct {
	SrcMAC, DstMAC string
	EtherType      layers.EthernetType
	IP, Six        bool
	Src, Dst       netip.AddrPort // a fragment without ports has 0
	Protocol       layers.IPProtocol
	TTL, TOS       uint8
	FlowLabel      uint32
	ID             uint32
	DF, More       bool
	Offset         int // of a fragment, in bytes
	Size           int // total length of the IP packet
	Carries        int // TCP: the length of the payload; Payload may be only its beginning

	Seq, Ack     uint32
	Flags        uint8
	Window, MSS  uint16
	Stamps       string // the TCP timestamps option
	Type, Code   uint8  // ICMP
	Echo, EchoNo uint16
	Tag          Tag
	Tagged       bool
	Quote        *header
	Payload      []byte
}

// decode reads an Ethernet frame.
func decode(data []byte) (h header) {
	p := gopacket.NewPacket(data, layers.LayerTypeEthernet, gopacket.DecodeOptions{Lazy: true, NoCopy: true})
	e, ok := p.LinkLayer().(*layers.Ethernet)
	if !ok {
		return h
	}
	h.SrcMAC, h.DstMAC, h.EtherType, h.Payload = e.SrcMAC.String(), e.DstMAC.String(), e.EthernetType, e.Payload
	if h.EtherType == layers.EthernetTypeIPv4 || h.EtherType == layers.EthernetTypeIPv6 {
		h.network(e.Payload)
	}
	return h
}

// network reads an IP packet, or the beginning of one that an ICMP error quotes.
func (h *header) network(b []byte) {
	if len(b) >= ipv6Header && b[0]>>4 == 6 {
		h.network6(b)
		return
	}
	if len(b) < 20 || b[0]>>4 != 4 {
		return
	}
	length := int(b[0]&15) * 4
	from, _ := netip.AddrFromSlice(b[12:16])
	to, _ := netip.AddrFromSlice(b[16:20])
	h.IP, h.Src, h.Dst = true, netip.AddrPortFrom(from, 0), netip.AddrPortFrom(to, 0)
	h.TOS, h.TTL, h.Protocol = b[1], b[8], layers.IPProtocol(b[9])
	h.Size, h.ID = int(binary.BigEndian.Uint16(b[2:])), uint32(binary.BigEndian.Uint16(b[4:]))
	fragment := binary.BigEndian.Uint16(b[6:])
	h.DF, h.More, h.Offset = fragment&0x4000 != 0, fragment&0x2000 != 0, int(fragment&0x1fff)*8
	if length < 20 || len(b) < length {
		return
	}
	h.Payload = b[length:min(len(b), max(length, h.Size))]
	if h.Offset == 0 {
		h.transport(h.Size - length)
	}
	h.Tag, _, h.Tagged = findTag(h.Payload)
}

const ipv6Header, fragmentHeader = 40, 8

// network6 reads an IPv6 packet (RFC 8200). Of extension headers, it knows that of fragments.
func (h *header) network6(b []byte) {
	from, _ := netip.AddrFromSlice(b[8:24])
	to, _ := netip.AddrFromSlice(b[24:40])
	h.IP, h.Six, h.Src, h.Dst = true, true, netip.AddrPortFrom(from, 0), netip.AddrPortFrom(to, 0)
	h.TOS, h.TTL, h.Protocol = b[0]<<4|b[1]>>4, b[7], layers.IPProtocol(b[6])
	h.FlowLabel = binary.BigEndian.Uint32(b) & 0xfffff
	h.Size = ipv6Header + int(binary.BigEndian.Uint16(b[4:]))
	rest := b[ipv6Header:min(len(b), max(ipv6Header, h.Size))]
	size := h.Size - ipv6Header
	if h.Protocol == layers.IPProtocolIPv6Fragment && len(rest) >= fragmentHeader {
		at := binary.BigEndian.Uint16(rest[2:])
		h.Protocol, h.ID, h.Offset, h.More = layers.IPProtocol(rest[0]), binary.BigEndian.Uint32(rest[4:]), int(at&^7), at&1 != 0
		rest, size = rest[fragmentHeader:], size-fragmentHeader
	}
	h.Payload = rest
	if h.Offset == 0 {
		h.transport(size)
	}
	h.Tag, _, h.Tagged = findTag(h.Payload)
}

// echoes reports whether the packet is an echo request or reply.
func (h *header) echoes() bool {
	switch h.Protocol {
	case layers.IPProtocolICMPv4:
		return h.Type == layers.ICMPv4TypeEchoRequest || h.Type == layers.ICMPv4TypeEchoReply
	case layers.IPProtocolICMPv6:
		return h.Type == layers.ICMPv6TypeEchoRequest || h.Type == layers.ICMPv6TypeEchoReply
	}
	return false
}

// icmp reports whether the packet is of ICMP, in either version.
func (h *header) icmp() bool {
	return h.Protocol == layers.IPProtocolICMPv4 || h.Protocol == layers.IPProtocolICMPv6
}

// replies reports whether the packet is an echo reply, if it is an echo.
func (h *header) replies() bool {
	return h.Protocol == layers.IPProtocolICMPv4 && h.Type == layers.ICMPv4TypeEchoReply ||
		h.Protocol == layers.IPProtocolICMPv6 && h.Type == layers.ICMPv6TypeEchoReply
}

// transport reads a transport header. size is the length of the header and the payload.
func (h *header) transport(size int) {
	b := h.Payload
	switch {
	case (h.Protocol == layers.IPProtocolTCP || h.Protocol == layers.IPProtocolUDP) && len(b) >= 8:
		h.Src = netip.AddrPortFrom(h.Src.Addr(), binary.BigEndian.Uint16(b))
		h.Dst = netip.AddrPortFrom(h.Dst.Addr(), binary.BigEndian.Uint16(b[2:]))
		if h.Payload = b[8:]; h.Protocol == layers.IPProtocolTCP {
			h.Seq = binary.BigEndian.Uint32(b[4:])
			h.tcp(b, size)
		}
	case h.Protocol == layers.IPProtocolICMPv6 && len(b) >= 8:
		h.Type, h.Code, h.Payload = b[0], b[1], b[8:]
		switch {
		case h.echoes():
			h.Echo, h.EchoNo = binary.BigEndian.Uint16(b[4:]), binary.BigEndian.Uint16(b[6:])
		case h.Type >= 1 && h.Type <= 4: // errors (RFC 4443)
			h.quotes(b[8:])
		case h.Type == layers.ICMPv6TypeRedirect && len(b) >= redirectHeader:
			h.redirects(b[redirectHeader:])
		}
	case h.Protocol == layers.IPProtocolICMPv4 && len(b) >= 8:
		h.Type, h.Code, h.Payload = b[0], b[1], b[8:]
		switch h.Type {
		case layers.ICMPv4TypeEchoRequest, layers.ICMPv4TypeEchoReply:
			h.Echo, h.EchoNo = binary.BigEndian.Uint16(b[4:]), binary.BigEndian.Uint16(b[6:])
		case layers.ICMPv4TypeDestinationUnreachable, layers.ICMPv4TypeTimeExceeded, layers.ICMPv4TypeRedirect, layers.ICMPv4TypeParameterProblem:
			h.quotes(b[8:])
		}
	}
}

// quotes reads what a message quotes of the packet that it is about.
func (h *header) quotes(b []byte) {
	h.Quote = &header{}
	h.Quote.network(b)
}

// redirectHeader is the length of a redirect up to its options (RFC 4861, 4.5).
const redirectHeader = 40

// redirects reads the packet that a redirect is about: one of its options.
func (h *header) redirects(options []byte) {
	const redirected, before = 4, 8 // RFC 4861, 4.6.3
	for len(options) >= before && options[1] > 0 {
		size := min(len(options), 8*int(options[1]))
		if options[0] == redirected {
			h.quotes(options[before:size])
			return
		}
		options = options[size:]
	}
}

func (h *header) tcp(b []byte, size int) {
	length := 20
	if len(b) >= length {
		length = int(b[12]>>4) * 4
		h.Ack, h.Flags, h.Window = binary.BigEndian.Uint32(b[8:]), b[13], binary.BigEndian.Uint16(b[14:])
	}
	if length < 20 || len(b) < length {
		h.Payload = nil
		return
	}
	h.Payload, h.Carries = b[length:], size-length
	for o := b[20:length]; len(o) > 0 && o[0] != 0; {
		n := 1
		if o[0] != 1 {
			if len(o) < 2 || o[1] < 2 || len(o) < int(o[1]) {
				return
			}
			n = int(o[1])
		}
		switch {
		case o[0] == 2 && n == 4:
			h.MSS = binary.BigEndian.Uint16(o[2:])
		case o[0] == 8 && n == 10:
			h.Stamps = fmt.Sprintf("%x", o[2:10])
		}
		o = o[n:]
	}
}

// Key is the part of a packet that no forwarding, NAT or rule target changes. Packets with
// different keys are different packets.
type Key string

// key returns a packet's key. isReply is for fragments without the ICMP header.
func (h *header) key(isReply bool) Key {
	switch {
	case !h.IP && h.EtherType != 0:
		return Key(fmt.Sprintf("%v %x", h.EtherType, hash(h.Payload)))
	case h.Quote != nil:
		return Key(fmt.Sprintf("ICMP error %d/%d (id %d) about %s", h.Type, h.Code, h.ID, h.Quote.key(false)))
	case h.Protocol == layers.IPProtocolTCP:
		return Key(fmt.Sprintf("TCP %s seq %d ack %d, id %d, %s, %d bytes", flags(h.Flags), h.Seq, h.Ack, h.ID, h.Stamps, h.Size))
	case h.icmp() && h.Tagged:
		t := h.Tag
		t.Answer = h.replies() && h.Offset == 0 || isReply
		return Key("ping " + t.String())
	case h.Tagged:
		return Key(fmt.Sprintf("%v %s", h.Protocol, h.Tag))
	}
	return Key(fmt.Sprintf("%v id %d, %x", h.Protocol, h.ID, hash(h.Payload)))
}

func hash(b []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(b) // never fails
	return h.Sum64()
}

// flags names TCP flags as tcpdump does.
func flags(f uint8) (s string) {
	for i, c := range "FSRPAUEW" {
		if f&(1<<i) != 0 {
			s += string(c)
		}
	}
	return s
}
