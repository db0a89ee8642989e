package traffic

import (
	"net"
	"net/netip"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// asked is how a UDP socket of a family reports the address to which a datagram was sent.
type asked struct {
	report  func(*net.UDPConn) error // from now on
	control func() []byte            // a buffer for control messages
	read    func(control []byte) (netip.Addr, bool)
	from    func(netip.Addr) []byte // the control message that sends from an address
}

func askedOf(a netip.Addr) asked {
	if a.Is4() {
		return asked{
			report:  func(c *net.UDPConn) error { return ipv4.NewPacketConn(c).SetControlMessage(ipv4.FlagDst, true) },
			control: func() []byte { return ipv4.NewControlMessage(ipv4.FlagDst) },
			read: func(control []byte) (netip.Addr, bool) {
				var m ipv4.ControlMessage
				if m.Parse(control) != nil {
					return netip.Addr{}, false
				}
				return netip.AddrFromSlice(m.Dst.To4())
			},
			from: func(a netip.Addr) []byte { return (&ipv4.ControlMessage{Src: a.AsSlice()}).Marshal() },
		}
	}
	return asked{
		report:  func(c *net.UDPConn) error { return ipv6.NewPacketConn(c).SetControlMessage(ipv6.FlagDst, true) },
		control: func() []byte { return ipv6.NewControlMessage(ipv6.FlagDst) },
		read: func(control []byte) (netip.Addr, bool) {
			var m ipv6.ControlMessage
			if m.Parse(control) != nil {
				return netip.Addr{}, false
			}
			return netip.AddrFromSlice(m.Dst)
		},
		from: func(a netip.Addr) []byte { return (&ipv6.ControlMessage{Src: a.AsSlice()}).Marshal() },
	}
}
