package netstate

import (
	"net/netip"
	"strings"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/trace"
)

// bit is a flag of the kernel, and ip's word for it.
type bit struct {
	mask int
	name string
}

// linkFlags are an interface's flags in ip's order (print_link_flags in ip/ipaddress.c).
// RUNNING is only shown by its absence, as NO-CARRIER.
func linkFlags() []bit {
	return []bit{
		{unix.IFF_LOOPBACK, "LOOPBACK"}, {unix.IFF_BROADCAST, "BROADCAST"}, {unix.IFF_POINTOPOINT, "POINTOPOINT"},
		{unix.IFF_MULTICAST, "MULTICAST"}, {unix.IFF_NOARP, "NOARP"}, {unix.IFF_ALLMULTI, "ALLMULTI"}, {unix.IFF_PROMISC, "PROMISC"},
		{unix.IFF_MASTER, "MASTER"}, {unix.IFF_SLAVE, "SLAVE"}, {unix.IFF_DEBUG, "DEBUG"}, {unix.IFF_DYNAMIC, "DYNAMIC"},
		{unix.IFF_AUTOMEDIA, "AUTOMEDIA"}, {unix.IFF_PORTSEL, "PORTSEL"}, {unix.IFF_NOTRAILERS, "NOTRAILERS"}, {unix.IFF_UP, "UP"},
		{unix.IFF_LOWER_UP, "LOWER_UP"}, {unix.IFF_DORMANT, "DORMANT"}, {unix.IFF_ECHO, "ECHO"},
	}
}

// addressFlags are an address's flags in ip's order. SECONDARY means "temporary" for IPv6.
func addressFlags(secondary string) []bit {
	return []bit{
		{unix.IFA_F_SECONDARY, secondary}, {unix.IFA_F_NODAD, "nodad"}, {unix.IFA_F_OPTIMISTIC, "optimistic"},
		{unix.IFA_F_DADFAILED, "dadfailed"}, {unix.IFA_F_HOMEADDRESS, "home"}, {unix.IFA_F_DEPRECATED, "deprecated"},
		{unix.IFA_F_TENTATIVE, "tentative"}, {dynamic, "dynamic"}, {unix.IFA_F_MANAGETEMPADDR, "mngtmpaddr"},
		{unix.IFA_F_NOPREFIXROUTE, "noprefixroute"}, {unix.IFA_F_MCAUTOJOIN, "autojoin"}, {unix.IFA_F_STABLE_PRIVACY, "stable-privacy"},
	}
}

// dynamic stands for the absence of IFA_F_PERMANENT.
const dynamic = 1 << 30

func flagNames(flags int, bits []bit) (list []string) {
	for _, b := range bits {
		if flags&b.mask != 0 {
			list = append(list, b.name)
		}
	}
	return list
}

// operStates are the operational states (IF_OPER_… in include/uapi/linux/if.h).
var operStates = [...]string{"UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"}

// details returns what ip prints about the interface, apart from its addresses.
func (l *link) details() *trace.Link {
	a := l.Attrs()
	flags := int(a.RawFlags)
	d := &trace.Link{
		Type: a.EncapType, Flags: flagNames(flags, linkFlags()), State: operStates[0], QueueLen: max(a.TxQLen, 0), Group: a.Group,
		Qdisc: strings.TrimRight(string(l.qdisc), "\x00"), Dormant: set(l.mode),
	}
	if flags&unix.IFF_UP != 0 && flags&unix.IFF_RUNNING == 0 {
		d.Flags = append([]string{"NO-CARRIER"}, d.Flags...)
	}
	if int(a.OperState) < len(operStates) {
		d.State = operStates[a.OperState]
	}
	if len(l.broadcast) == len(d.Broadcast) {
		d.Broadcast = trace.MAC(l.broadcast)
	}
	if a.ParentIndex != 0 {
		d.Other = &trace.FarEnd{Index: a.ParentIndex}
		if id := a.NetNsID; id >= 0 {
			d.Other.Namespace = &id
		}
	}
	if s := a.Statistics; s != nil {
		d.Received = trace.Traffic{
			Bytes: s.RxBytes, Packets: s.RxPackets, Errors: s.RxErrors, Dropped: s.RxDropped, Missed: s.RxMissedErrors, Multicast: s.Multicast,
		}
		d.Sent = trace.Traffic{
			Bytes: s.TxBytes, Packets: s.TxPackets, Errors: s.TxErrors, Dropped: s.TxDropped, Carrier: s.TxCarrierErrors, Collisions: s.Collisions,
		}
	}
	return d
}

// addressDetails returns an address and what ip prints about it.
func addressDetails(a *netlink.Addr) (d trace.AddressDetails) {
	ip, ok := netip.AddrFromSlice(a.IP)
	if !ok {
		return d
	}
	bits, _ := a.Mask.Size()
	ip = ip.Unmap()
	d = trace.AddressDetails{
		Address: netip.PrefixFrom(ip, bits), Scope: trace.Scope(a.Scope), Label: a.Label,
		Valid: lifetime(a.ValidLft), Preferred: lifetime(a.PreferedLft),
	}
	secondary, flags := "secondary", a.Flags&^dynamic
	if ip.Is6() {
		secondary = "temporary"
	}
	if flags&unix.IFA_F_PERMANENT == 0 {
		flags |= dynamic
	}
	d.Flags = flagNames(flags, addressFlags(secondary))
	if b, ok := netip.AddrFromSlice(a.Broadcast); ok {
		d.Broadcast = b.Unmap()
	}
	if a.Peer != nil {
		if p, ok := netip.AddrFromSlice(a.Peer.IP); ok && p.Unmap() != ip {
			bits, _ := a.Peer.Mask.Size()
			d.Peer = netip.PrefixFrom(p.Unmap(), bits)
		}
	}
	return d
}

// lifetime converts a lifetime; the netlink library has -1, or 2^32-1, for one without end.
func lifetime(seconds int) uint32 { return uint32(seconds) }
