package packet

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"net/netip"
	"slices"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// Decoder decodes packets. It reuses its memory, so decoding allocates nothing. A Decoder
// is for one goroutine.
type Decoder struct {
	ethernet, v4, address *gopacket.DecodingLayerParser // by what comes first
	decoded               []gopacket.LayerType

	eth   layers.Ethernet
	vlan  layers.Dot1Q
	arp   layers.ARP
	ip4   layers.IPv4
	ip6   layers.IPv6
	tcp   layers.TCP
	udp   layers.UDP
	icmp4 layers.ICMPv4
	icmp6 layers.ICMPv6

	header [maxTCPHeader]byte
}

// maxTCPHeader is the longest TCP header, options included, and minTCPHeader the
// one without options (RFC 9293, 3.1).
const maxTCPHeader, minTCPHeader = 60, 20

// NewDecoder returns a decoder.
func NewDecoder() *Decoder {
	d := &Decoder{}
	from := func(first gopacket.LayerType) *gopacket.DecodingLayerParser {
		p := gopacket.NewDecodingLayerParser(first,
			&d.eth, &d.vlan, &d.arp, &d.ip4, &d.tcp, &d.udp, &d.icmp4)
		p.IgnoreUnsupported = true
		return p
	}
	d.ethernet, d.address, d.v4 = from(layers.LayerTypeEthernet), from(layers.LayerTypeARP), from(layers.LayerTypeIPv4)
	return d
}

// Frame decodes an Ethernet frame. Fields that cannot be decoded are zero, but every
// packet has a key. Only a frame too short to have an Ethernet header is an error.
func (d *Decoder) Frame(data []byte) (Packet, error) {
	var p Packet
	if err := d.layers(&p, d.ethernet, data); len(d.decoded) == 0 {
		return p, fmt.Errorf("frame of %d bytes: %w", len(data), err)
	}
	return p, nil
}

// layers decodes data with a parser, or without one if it begins with an IPv6 header.
func (d *Decoder) layers(p *Packet, parser *gopacket.DecodingLayerParser, data []byte) error {
	d.decoded = d.decoded[:0]
	var err error
	if parser != nil {
		err = parser.DecodeLayers(data, &d.decoded)
	}
	rest := data // only its hash is kept
	for _, t := range d.decoded {
		switch t {
		case layers.LayerTypeEthernet:
			p.SrcMAC, p.DstMAC, p.HasMAC = trace.MAC(d.eth.SrcMAC), trace.MAC(d.eth.DstMAC), true
			p.EtherType, rest = d.eth.EthernetType, d.eth.Payload
		case layers.LayerTypeDot1Q:
			p.EtherType, rest = d.vlan.Type, d.vlan.Payload
		case layers.LayerTypeARP:
			if d.fromARP(p) {
				rest = nil // without the padding
			}
		case layers.LayerTypeIPv4:
			d.fromIPv4(p)
			rest = d.unchanged() // without the TTL
		case layers.LayerTypeTCP:
			d.fromTCP(p)
			rest = d.unchangedTCP(p)
		case layers.LayerTypeUDP:
			d.fromUDP(p)
			rest = d.udp.Payload
		case layers.LayerTypeICMPv4:
			d.fromICMPv4(p)
			rest = d.icmp4.Payload
			if p.IsICMPError() {
				rest = unchangedQuote(rest)
			} else if !p.IsEcho() {
				rest = nil
			}
		}
	}
	if p.EtherType == layers.EthernetTypeIPv6 {
		if rest, err = d.ipv6(p, rest); err != nil {
			rest = nil
		}
	}
	if d.optionsCut(p) && d.transport(p, d.ip4.Payload[:minTCPHeader]) == nil {
		rest = nil
	}
	if rest != nil {
		p.Hash = maphash.Bytes(seed, rest)
	}
	if !p.IsIP() && !p.IsARP() {
		p.Key.Rest = p.Hash
	}
	p.Key.EtherType, p.Key.Protocol, p.Key.Length = p.EtherType, p.Protocol, uint16(p.Payload)
	return err
}

// optionsCut reports whether a TCP header was captured without all of its options.
func (d *Decoder) optionsCut(p *Packet) bool {
	return p.EtherType == layers.EthernetTypeIPv4 && p.Protocol == layers.IPProtocolTCP &&
		len(d.ip4.Payload) >= minTCPHeader && !slices.Contains(d.decoded, layers.LayerTypeTCP)
}

// Headers decodes the headers that netfilter reports at a hook: the link header, which
// may be missing, the IP header, and the first 20 bytes of the transport header. Of an IPv6
// packet with extension headers, netfilter does not say which protocol that is; then the error
// is [ErrExtended].
func (d *Decoder) Headers(link, network, transport []byte) (Packet, error) {
	var p Packet
	if len(link) >= 14 {
		p.DstMAC, p.SrcMAC, p.HasMAC = trace.MAC(link[:6]), trace.MAC(link[6:12]), true
	}
	if len(network) > 0 && network[0]>>4 == 6 {
		return p, d.headers6(&p, network, transport)
	}
	p.EtherType = layers.EthernetTypeIPv4
	if err := d.ip4.DecodeFromBytes(network, gopacket.NilDecodeFeedback); err != nil {
		return p, fmt.Errorf("ip header: %w", err)
	}
	d.fromIPv4(&p)
	if err := d.transport(&p, transport); err != nil {
		return p, fmt.Errorf("%s header: %w", p.Protocol, err)
	}
	p.Key.EtherType, p.Key.Protocol, p.Key.Length = p.EtherType, p.Protocol, uint16(p.Payload)
	return p, nil
}

func (d *Decoder) transport(p *Packet, b []byte) error {
	if p.IsFragment() {
		return nil
	}
	switch p.Protocol {
	case layers.IPProtocolTCP:
		// The options are cut off. Zeros replace them, which mean "end of options" (RFC
		// 9293, 3.2).
		d.header = [maxTCPHeader]byte{}
		copy(d.header[:], b)
		if err := d.tcp.DecodeFromBytes(d.header[:], gopacket.NilDecodeFeedback); err != nil {
			return err
		}
		d.fromTCP(p)
		if len(b) < len(d.tcp.Contents) {
			p.Content = 0
		}
	case layers.IPProtocolUDP:
		if err := d.udp.DecodeFromBytes(b, gopacket.NilDecodeFeedback); err != nil {
			return err
		}
		d.fromUDP(p)
	case layers.IPProtocolICMPv4:
		if err := d.icmp4.DecodeFromBytes(b, gopacket.NilDecodeFeedback); err != nil {
			return err
		}
		d.fromICMPv4(p)
	case layers.IPProtocolICMPv6:
		if err := d.icmp6.DecodeFromBytes(b, gopacket.NilDecodeFeedback); err != nil {
			return err
		}
		d.fromICMPv6(p)
	}
	return nil
}

// fromARP reports whether the message is for IPv4 over Ethernet.
func (d *Decoder) fromARP(p *Packet) bool {
	a := &d.arp
	if len(a.SourceHwAddress) != 6 || len(a.DstHwAddress) != 6 || len(a.SourceProtAddress) != 4 || len(a.DstProtAddress) != 4 {
		return false
	}
	p.ARP = trace.ARP{
		Op:        a.Operation,
		SenderMAC: trace.MAC(a.SourceHwAddress), Sender: netip.AddrFrom4([4]byte(a.SourceProtAddress)),
		TargetMAC: trace.MAC(a.DstHwAddress), Target: netip.AddrFrom4([4]byte(a.DstProtAddress)),
	}
	p.Key.Rest = restOfARP(p.ARP)
	return true
}

// unchanged returns the data of an IPv4 packet without the part that NAT changes in the first
// fragment of a datagram: the transport header, with its ports and checksum.
func (d *Decoder) unchanged() []byte {
	b := d.ip4.Payload
	if d.ip4.FragOffset != 0 || d.ip4.Flags&layers.IPv4MoreFragments == 0 {
		return b
	}
	switch d.ip4.Protocol {
	case layers.IPProtocolUDP:
		return b[min(len(b), 8):]
	case layers.IPProtocolTCP:
		return b[min(len(b), minTCPHeader):]
	}
	return b
}

func (d *Decoder) fromIPv4(p *Packet) {
	ip := &d.ip4
	p.Src = netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip.SrcIP.To4())), 0)
	p.Dst = netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip.DstIP.To4())), 0)
	p.TTL, p.TOS, p.Protocol = ip.TTL, ip.TOS, ip.Protocol
	p.Length, p.DontFragment = int(ip.Length), ip.Flags&layers.IPv4DontFragment != 0
	p.Fragment, p.MoreFragments = 8*int(ip.FragOffset), ip.Flags&layers.IPv4MoreFragments != 0
	p.Payload = max(0, int(ip.Length)-4*int(ip.IHL))
	p.ID = uint32(ip.Id)
	p.Key.ID, p.Key.Fragment, p.Key.Rest = uint32(ip.Id), ip.FragOffset, 0
}

func (d *Decoder) fromTCP(p *Packet) {
	t := &d.tcp
	setPorts(p, uint16(t.SrcPort), uint16(t.DstPort))
	p.TCP = trace.TCP{Seq: t.Seq, Ack: t.Ack, Window: t.Window}
	for _, f := range []struct {
		set  bool
		flag trace.Flags
	}{{t.FIN, trace.FIN}, {t.SYN, trace.SYN}, {t.RST, trace.RST}, {t.PSH, trace.PSH}, {t.ACK, trace.ACK}, {t.URG, trace.URG}} {
		if f.set {
			p.TCP.Flags |= f.flag
		}
	}
	if t.SYN {
		p.TCP.MSS = segmentSize(t.Options)
	}
	p.Payload = max(0, p.Payload-4*int(t.DataOffset))
	p.Key.Seq, p.Key.Ack, p.Key.Window = t.Seq, t.Ack, t.Window
	p.Key.Flags, p.Key.Rest = uint16(p.TCP.Flags), 0
	p.Content = contentOfSegment(t.Contents)
}

// unchangedTCP returns the data of a segment that neither forwarding nor NAT changes: the
// options and the payload. A router may lower a SYN's MSS, so only its timestamps count.
func (d *Decoder) unchangedTCP(p *Packet) []byte {
	if p.TCP.Flags&trace.SYN != 0 {
		return append(append([]byte{}, timestamps(d.tcp.Contents[minTCPHeader:])...), d.tcp.Payload...)
	}
	return d.tcp.Contents[minTCPHeader : len(d.tcp.Contents)+len(d.tcp.Payload)]
}

// segmentSize returns the maximum segment size among a SYN's options, or 0.
func segmentSize(options []layers.TCPOption) uint16 {
	for _, o := range options {
		if o.OptionType == layers.TCPOptionKindMSS && len(o.OptionData) == 2 {
			return binary.BigEndian.Uint16(o.OptionData)
		}
	}
	return 0
}

// timestamps returns the data of the timestamps option, or nil. It distinguishes a SYN-ACK from
// its retransmission: Linux gives neither of them an identification.
func timestamps(options []byte) []byte {
	for len(options) > 1 && options[0] != layers.TCPOptionKindEndList {
		size := int(options[1])
		switch {
		case options[0] == layers.TCPOptionKindNop:
			size = 1
		case size < 2 || size > len(options):
			return nil
		case options[0] == layers.TCPOptionKindTimestamps:
			return options[2:size]
		}
		options = options[size:]
	}
	return nil
}

func (d *Decoder) fromUDP(p *Packet) {
	setPorts(p, uint16(d.udp.SrcPort), uint16(d.udp.DstPort))
	p.Payload = max(0, p.Payload-8)
	p.Key.Rest = restOf(d.udp.Payload)
	if p.Src.Addr().Is6() {
		p.Content = contentOf(d.udp.Payload)
	}
}

func (d *Decoder) fromICMPv4(p *Packet) {
	i := &d.icmp4
	p.ICMP = trace.ICMP{Type: i.TypeCode.Type(), Code: i.TypeCode.Code()}
	p.Payload = max(0, p.Payload-8)
	p.Key.Flags = uint16(i.TypeCode)
	if p.IsEcho() {
		p.ICMP.ID, p.ICMP.Seq = i.Id, i.Seq
		setPorts(p, i.Id, i.Id)
		p.Key.Seq, p.Key.Rest = uint32(i.Seq), restOf(i.Payload)
		return
	}
	p.Key.Rest, p.ICMP.Quoted = restOfError(i.Payload), quoteOf(i.Payload)
}

// setPorts adds the ports to the addresses that the IP header gave.
func setPorts(p *Packet, src, dst uint16) {
	p.Src = netip.AddrPortFrom(p.Src.Addr(), src)
	p.Dst = netip.AddrPortFrom(p.Dst.Addr(), dst)
}
