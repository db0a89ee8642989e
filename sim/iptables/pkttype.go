package iptables

import "strings"

// PacketType is "-m pkttype": how a packet's frame was addressed.
type PacketType struct {
	unjudged
	Type FrameType
	Not  bool
}

// FrameType is how a frame was addressed (PACKET_* in linux/if_packet.h).
type FrameType uint8

// The types.
const (
	Unicasted FrameType = iota
	Broadcasted
	Multicasted
	OtherHost
)

// String returns "unicast", "broadcast", "multicast" or "otherhost".
func (f FrameType) String() string {
	return nameOf(uint32(f), "unicast", "broadcast", "multicast", "otherhost")
}

var packetTypeKind = &kind[PacketType]{
	name: "pkttype", single: true,
	options: []option[PacketType]{{"--pkt-type", "TYPE", true, func(p *PacketType, a *argument) error {
		for f := Unicasted; f <= OtherHost; f++ {
			if strings.EqualFold(a.value(), f.String()) {
				p.Type, p.Not = f, a.not
				return nil
			}
		}
		return a.errorf("is not unicast, broadcast, multicast or otherhost")
	}}},
	read: func(revision uint32, s structure) (PacketType, bool) {
		return PacketType{Type: FrameType(min(s.uint32(0), 255)), Not: s.uint32(4) != 0}, revision == 0
	},
	size: 8, // struct xt_pkttype_info
}

// String returns "-m pkttype --pkt-type broadcast".
func (p PacketType) String() string {
	t := begin("pkttype")
	t.add(p.Not, "--pkt-type", p.Type.String())
	return t.String()
}

func (p PacketType) listed() string {
	if p.Not {
		return "PKTTYPE != " + p.Type.String()
	}
	return "PKTTYPE = " + p.Type.String()
}

func (p PacketType) problems(place) (out []string) {
	if p.Type > OtherHost {
		out = append(out, "pkttype has an unknown type")
	}
	return out
}

func (p PacketType) encode(c *code) {
	s := make(structure, 8)
	s.put32(0, uint32(p.Type))
	if p.Not {
		s.put32(4, 1)
	}
	c.match("pkttype", 0, s)
}
