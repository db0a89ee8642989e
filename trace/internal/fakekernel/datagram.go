package fakekernel

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"tracer/trace"
	"tracer/trace/conntrack"
)

// The protocols of datagrams.
const (
	TCP  = layers.IPProtocolTCP
	UDP  = layers.IPProtocolUDP
	ICMP = layers.IPProtocolICMPv4
)

// Datagram is a packet as seen on the wire at some point: IPv4 with TCP, UDP or ICMP, or
// ARP. The kernel adds the link header.
type Datagram struct {
	trace.Ends // for an ICMP echo, both ports are the identifier
	TTL        uint8
	ID         uint16
	Protocol   layers.IPProtocol
	Flags      trace.Flags
	Seq, Ack   uint32
	Type       uint8     // of ICMP
	Quoted     *Datagram // in an ICMP error
	Payload    string
	ARP        uint16 // the operation; 0: IPv4

	source, destination trace.MAC
}

var everyone = trace.MAC{255, 255, 255, 255, 255, 255}

// tuple returns what identifies the datagram's connection.
func (d *Datagram) tuple() conntrack.Tuple {
	return conntrack.Tuple{Protocol: uint8(d.Protocol), Source: d.Source, Destination: d.Destination}
}

// shown returns an end for display, with a port only for TCP and UDP.
func (d *Datagram) shown(end netip.AddrPort) trace.Endpoint {
	if d.Protocol == ICMP {
		end = netip.AddrPortFrom(end.Addr(), 0)
	}
	return trace.Endpoint(end)
}

// layers returns the datagram from the IP header on.
func (d *Datagram) layers() []gopacket.SerializableLayer {
	ip := &layers.IPv4{
		Version: 4, TTL: d.TTL, Id: d.ID, Flags: layers.IPv4DontFragment, Protocol: d.Protocol,
		SrcIP: d.Source.Addr().AsSlice(), DstIP: d.Destination.Addr().AsSlice(),
	}
	src, dst := d.Source.Port(), d.Destination.Port()
	out := []gopacket.SerializableLayer{ip}
	switch d.Protocol {
	case TCP:
		tcp := &layers.TCP{
			SrcPort: layers.TCPPort(src), DstPort: layers.TCPPort(dst), Seq: d.Seq, Ack: d.Ack, Window: 64240,
			FIN: d.Flags&trace.FIN != 0, SYN: d.Flags&trace.SYN != 0, RST: d.Flags&trace.RST != 0, PSH: d.Flags&trace.PSH != 0, ACK: d.Flags&trace.ACK != 0,
			Options: []layers.TCPOption{{OptionType: layers.TCPOptionKindMSS, OptionLength: 4, OptionData: []byte{5, 180}}},
		}
		tcp.SetNetworkLayerForChecksum(ip)
		out = append(out, tcp)
	case UDP:
		udp := &layers.UDP{SrcPort: layers.UDPPort(src), DstPort: layers.UDPPort(dst)}
		udp.SetNetworkLayerForChecksum(ip)
		out = append(out, udp)
	case ICMP:
		if d.Quoted != nil {
			whole := serialize(d.Quoted.layers()...)
			unreachable := layers.CreateICMPv4TypeCode(d.Type, layers.ICMPv4CodePort)
			return append(out, &layers.ICMPv4{TypeCode: unreachable}, gopacket.Payload(whole[:min(len(whole), 28)]))
		}
		out = append(out, &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(d.Type, 0), Id: src, Seq: uint16(d.Seq)})
	}
	return append(out, gopacket.Payload(d.Payload))
}

// Bytes returns the frame.
func (d *Datagram) Bytes() []byte {
	eth := &layers.Ethernet{SrcMAC: d.source[:], DstMAC: d.destination[:], EthernetType: layers.EthernetTypeIPv4}
	if d.ARP != 0 {
		eth.EthernetType = layers.EthernetTypeARP
		target := d.destination
		if d.ARP == layers.ARPRequest {
			target = trace.MAC{}
		}
		return serialize(eth, &layers.ARP{
			AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4, HwAddressSize: 6, ProtAddressSize: 4, Operation: d.ARP,
			SourceHwAddress: d.source[:], SourceProtAddress: d.Source.Addr().AsSlice(),
			DstHwAddress: target[:], DstProtAddress: d.Destination.Addr().AsSlice(),
		})
	}
	b := serialize(append([]gopacket.SerializableLayer{eth}, d.layers()...)...)
	return b[:14+int(binary.BigEndian.Uint16(b[16:]))] // without the padding of a real cable
}

func serialize(parts ...gopacket.SerializableLayer) []byte {
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, parts...); err != nil {
		panic(err)
	}
	return slices.Clone(b.Bytes())
}
