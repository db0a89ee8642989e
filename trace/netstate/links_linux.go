package netstate

import (
	"encoding/binary"
	"slices"
	"syscall"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// link is the kernel's description of an interface, with its parameters.
type link struct {
	netlink.Link
	ipv4    []byte // IFLA_INET_CONF: one number per parameter, from parameter 1
	ipv6    []byte // IFLA_INET6_CONF: likewise, from parameter 0
	hairpin []byte // IFLA_BRPORT_MODE
	filter  []byte // IFLA_BR_NF_CALL_IPTABLES

	qdisc, broadcast, mode []byte // IFLA_QDISC, IFLA_BROADCAST, IFLA_LINKMODE
}

// value returns a parameter of the interface.
func (l *link) value(c int) uint32 {
	at := 4 * (c - 1)
	if len(l.ipv4) < at+4 {
		return 0
	}
	return binary.NativeEndian.Uint32(l.ipv4[at:])
}

// Of IFLA_AF_SPEC, IFLA_INET6_CONF and the number of disable_ipv6 there (DEVCONF_DISABLE_IPV6
// in include/uapi/linux/ipv6.h).
const (
	inet6Conf   = 2
	disableIPv6 = 26
)

// usesIPv6 reports whether the interface takes part in IPv6. Below an MTU of 1280, it has no
// parameters of IPv6.
func (l *link) usesIPv6() bool {
	at := 4 * disableIPv6
	return len(l.ipv6) >= at+4 && binary.NativeEndian.Uint32(l.ipv6[at:]) == 0
}

// links lists the interfaces of the calling thread's namespace, by index. The
// netlink library's list does not include their parameters.
func links() ([]link, error) {
	req := nl.NewNetlinkRequest(unix.RTM_GETLINK, unix.NLM_F_DUMP)
	req.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
	messages, err := req.Execute(unix.NETLINK_ROUTE, unix.RTM_NEWLINK)
	if err != nil {
		return nil, err
	}
	var list []link
	for _, m := range messages {
		l, err := netlink.LinkDeserialize(nil, m)
		if err != nil {
			return nil, err
		}
		one, attrs := link{Link: l}, m[unix.SizeofIfInfomsg:]
		for _, a := range []struct {
			to   *[]byte
			path []uint16
		}{
			{&one.ipv4, []uint16{unix.IFLA_AF_SPEC, unix.AF_INET, unix.IFLA_INET_CONF}},
			{&one.ipv6, []uint16{unix.IFLA_AF_SPEC, unix.AF_INET6, inet6Conf}},
			{&one.hairpin, []uint16{unix.IFLA_LINKINFO, unix.IFLA_INFO_SLAVE_DATA, unix.IFLA_BRPORT_MODE}},
			{&one.filter, []uint16{unix.IFLA_LINKINFO, unix.IFLA_INFO_DATA, unix.IFLA_BR_NF_CALL_IPTABLES}},
			{&one.qdisc, []uint16{unix.IFLA_QDISC}}, {&one.broadcast, []uint16{unix.IFLA_BROADCAST}}, {&one.mode, []uint16{unix.IFLA_LINKMODE}},
		} {
			if *a.to, err = nested(attrs, a.path...); err != nil {
				return nil, err
			}
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b link) int { return a.Attrs().Index - b.Attrs().Index })
	return list, nil
}

// nested returns the attribute with this path of types, outermost first, or nil.
func nested(b []byte, types ...uint16) ([]byte, error) {
	for _, want := range types {
		attrs, err := nl.ParseRouteAttr(b)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(attrs, func(a syscall.NetlinkRouteAttr) bool {
			return a.Attr.Type&^(unix.NLA_F_NESTED|unix.NLA_F_NET_BYTEORDER) == want
		})
		if i < 0 {
			return nil, nil
		}
		b = attrs[i].Value
	}
	return b, nil
}
