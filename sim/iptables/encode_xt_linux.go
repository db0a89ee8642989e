package iptables

import (
	"net"

	"github.com/google/nftables/expr"
	"github.com/google/nftables/xt"
	"golang.org/x/sys/unix"
)

func addrTypeInfo(a AddrType) *xt.AddrTypeV1 {
	info := &xt.AddrTypeV1{Source: uint16(a.Source), Dest: uint16(a.Destination)}
	// Package xt's constants of this type are address types, not flags.
	set := func(on bool, flag xt.AddrTypeFlags) {
		if on {
			info.Flags |= flag
		}
	}
	set(a.NotSource, addrTypeNotSource)
	set(a.NotDestination, addrTypeNotDest)
	set(a.LimitIn, addrTypeLimitIn)
	set(a.LimitOut, addrTypeLimitOut)
	return info
}

func connStateInfo(c ConnState) *xt.ConntrackMtinfo3 {
	var info xt.ConntrackMtinfo3
	none := make(net.IP, 4) // marshalling omits a nil address
	info.OrigSrcAddr, info.OrigDstAddr, info.ReplSrcAddr, info.ReplDstAddr = none, none, none, none
	mask := net.IPMask(none)
	info.OrigSrcMask, info.OrigDstMask, info.ReplSrcMask, info.ReplDstMask = mask, mask, mask, mask
	info.MatchFlags = uint16(xt.ConntrackState)
	if c.Not {
		info.InvertFlags = uint16(xt.ConntrackState)
	}
	info.StateMask = uint16(c.States)
	return &info
}

func barePorts(n ProtocolNumber) *expr.Match {
	every := [2]uint16{0, 65535}
	if n == UDP {
		return &expr.Match{Name: "udp", Info: &xt.Udp{SrcPorts: every, DstPorts: every}}
	}
	return &expr.Match{Name: "tcp", Info: &xt.Tcp{SrcPorts: every, DstPorts: every}}
}

func dnatInfo(d DNAT) *xt.NatRange2 {
	info := &xt.NatRange2{}
	info.MinIP, info.MaxIP = make(net.IP, 4), make(net.IP, 4)
	if d.Address.IsValid() {
		info.Flags |= unix.NF_NAT_RANGE_MAP_IPS
		info.MinIP, info.MaxIP = d.Address.AsSlice(), d.Address.AsSlice()
	}
	if d.Ports != (PortRange{}) {
		info.Flags |= unix.NF_NAT_RANGE_PROTO_SPECIFIED
		info.MinPort, info.MaxPort = d.Ports.First, d.Ports.Last
	}
	return info
}

// snatInfo returns revision 0, the only one that iptables writes for IPv4.
func snatInfo(s SNAT) *xt.NatIPv4MultiRangeCompat {
	r := xt.NatIPv4Range{MinIP: make(net.IP, 4), MaxIP: make(net.IP, 4)}
	if s.Address.IsValid() {
		r.Flags |= unix.NF_NAT_RANGE_MAP_IPS
		r.MinIP, r.MaxIP = s.Address.AsSlice(), s.Address.AsSlice()
	}
	if s.Ports != (PortRange{}) {
		r.Flags |= unix.NF_NAT_RANGE_PROTO_SPECIFIED
		r.MinPort, r.MaxPort = s.Ports.First, s.Ports.Last
	}
	return &xt.NatIPv4MultiRangeCompat{r}
}
