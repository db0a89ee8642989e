package correlate

import (
	"encoding/binary"
	"slices"
	"testing"
	"tracer/trace"
	"tracer/trace/packet"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// datagram is a packet as it is on the wire at some point: IPv4 with TCP, UDP or
// ICMP, or ARP where the protocol is 0.
type datagram struct {
	ends           trace.Ends // for ICMP echo, the identifier is both ports
	srcMAC, dstMAC trace.MAC
	ttl            uint8
	id             uint16
	protocol       layers.IPProtocol
	flags          trace.Flags
	seq, ack       uint32
	icmp           uint8     // type
	quoted         *datagram // in an ICMP error
	payload        string
	arp            uint16 // operation
}

func (d *datagram) ip() []gopacket.SerializableLayer {
	ip := &layers.IPv4{
		Version: 4, TTL: d.ttl, Id: d.id, Flags: layers.IPv4DontFragment, Protocol: d.protocol,
		SrcIP: d.ends.Source.Addr().AsSlice(), DstIP: d.ends.Destination.Addr().AsSlice(),
	}
	src, dst := d.ends.Source.Port(), d.ends.Destination.Port()
	out := []gopacket.SerializableLayer{ip}
	switch d.protocol {
	case layers.IPProtocolTCP:
		tcp := &layers.TCP{
			SrcPort: layers.TCPPort(src), DstPort: layers.TCPPort(dst), Seq: d.seq, Ack: d.ack, Window: 64240,
			FIN: d.flags&trace.FIN != 0, SYN: d.flags&trace.SYN != 0, RST: d.flags&trace.RST != 0, PSH: d.flags&trace.PSH != 0, ACK: d.flags&trace.ACK != 0,
			Options: []layers.TCPOption{{OptionType: layers.TCPOptionKindMSS, OptionLength: 4, OptionData: []byte{5, 180}}},
		}
		tcp.SetNetworkLayerForChecksum(ip)
		out = append(out, tcp)
	case layers.IPProtocolUDP:
		udp := &layers.UDP{SrcPort: layers.UDPPort(src), DstPort: layers.UDPPort(dst)}
		udp.SetNetworkLayerForChecksum(ip)
		out = append(out, udp)
	case layers.IPProtocolICMPv4:
		code := uint8(0)
		if d.icmp == 3 {
			code = 3
		}
		i := &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(d.icmp, code), Id: src, Seq: uint16(d.seq)}
		if d.quoted != nil {
			i.Id, i.Seq = 0, 0
			whole := serialize(d.quoted.ip()...)
			return append(out, i, gopacket.Payload(whole[:min(len(whole), 28)]))
		}
		out = append(out, i)
	}
	return append(out, gopacket.Payload(d.payload))
}

func (d *datagram) bytes() []byte {
	eth := &layers.Ethernet{SrcMAC: d.srcMAC[:], DstMAC: d.dstMAC[:], EthernetType: layers.EthernetTypeIPv4}
	if d.arp != 0 {
		eth.EthernetType = layers.EthernetTypeARP
		target := d.dstMAC
		if d.arp == 1 {
			target = trace.MAC{}
		}
		return serialize(eth, &layers.ARP{
			AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4, HwAddressSize: 6, ProtAddressSize: 4, Operation: d.arp,
			SourceHwAddress: d.srcMAC[:], SourceProtAddress: d.ends.Source.Addr().AsSlice(),
			DstHwAddress: target[:], DstProtAddress: d.ends.Destination.Addr().AsSlice(),
		})
	}
	b := serialize(append([]gopacket.SerializableLayer{eth}, d.ip()...)...)
	return b[:14+int(binary.BigEndian.Uint16(b[16:]))] // without the padding of a real cable
}

func serialize(parts ...gopacket.SerializableLayer) []byte {
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, parts...); err != nil {
		panic(err)
	}
	return slices.Clone(b.Bytes())
}

// TestDatagrams: what the evidence of the property tests is made of is well
// formed, and its key survives all that the network does.
func TestDatagrams(t *testing.T) {
	q := datagram{ends: trace.Ends{Source: inside, Destination: service}, ttl: 63, protocol: layers.IPProtocolUDP, payload: "query"}
	for name, d := range map[string]datagram{
		"tcp":   {protocol: layers.IPProtocolTCP, flags: trace.SYN, seq: 7},
		"udp":   {protocol: layers.IPProtocolUDP, payload: "query"},
		"echo":  {protocol: layers.IPProtocolICMPv4, icmp: 8, seq: 3, payload: "abcdefghijklmnopqrst"},
		"short": {protocol: layers.IPProtocolICMPv4, icmp: 8, seq: 3, payload: "abc"},
		"error": {protocol: layers.IPProtocolICMPv4, icmp: 3, quoted: &q},
	} {
		d.ends, d.ttl = trace.Ends{Source: inside, Destination: service}, 64
		a := d.bytes()
		d.ends, d.ttl, d.srcMAC = trace.Ends{Source: service, Destination: inside}, 63, hostMAC
		if d.quoted != nil {
			other := q
			other.ends = trace.Ends{Source: service, Destination: inside}
			d.quoted = &other
		}
		b := d.bytes()
		p, err := packet.NewDecoder().Frame(a)
		r, err2 := packet.NewDecoder().Frame(b)
		h, err3 := packet.NewDecoder().Headers(b[:14], b[14:34], b[34:min(len(b), 54)])
		if err != nil || err2 != nil || err3 != nil || p.Key != r.Key || h.Key != p.Key || p.Hash != r.Hash {
			t.Errorf("%s: %v %v %v\n%+v\n%+v\n%+v", name, err, err2, err3, p.Key, r.Key, h.Key)
		}
	}
}
