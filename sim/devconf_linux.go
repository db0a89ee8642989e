package sim

import (
	"encoding/binary"
	"slices"
	"syscall"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// configureDevices sets the parameters of interfaces before they are up. It must run on
// the node's thread.
func (n *labNode) configureDevices(conf map[string]*deviceConf) error {
	for name, c := range conf {
		if len(c.ipv4) == 0 && !c.noIPv6 {
			continue
		}
		link, err := n.route.LinkByName(name)
		if err != nil {
			return n.fail("find link", name, err)
		}
		if err := retryInterrupted(func() error { return setDeviceConf(link.Attrs().Index, c) }); err != nil {
			return n.fail("set parameters of", name, err)
		}
	}
	return nil
}

// setDeviceConf sends one RTM_SETLINK. IFLA_AF_SPEC holds the interface's parameters for
// each address family (inet_set_link_af in net/ipv4/devinet.c).
func setDeviceConf(index int, c *deviceConf) error {
	req := nl.NewNetlinkRequest(unix.RTM_SETLINK, unix.NLM_F_ACK)
	msg := nl.NewIfInfomsg(unix.AF_UNSPEC)
	msg.Index = int32(index)
	req.AddData(msg)
	spec := nl.NewRtAttr(unix.IFLA_AF_SPEC, nil)
	if len(c.ipv4) > 0 {
		values := spec.AddRtAttr(unix.AF_INET, nil).AddRtAttr(unix.IFLA_INET_CONF, nil)
		for parameter, value := range c.ipv4 {
			values.AddRtAttr(int(parameter), nl.Uint32Attr(value))
		}
	}
	if c.noIPv6 {
		const none = 1 // IN6_ADDR_GEN_MODE_NONE
		spec.AddRtAttr(unix.AF_INET6, nil).AddRtAttr(unix.IFLA_INET6_ADDR_GEN_MODE, []byte{none})
	}
	req.AddData(spec)
	_, err := req.Execute(unix.NETLINK_ROUTE, 0)
	return err
}

// deviceLink is the kernel's description of an interface, with its parameters.
type deviceLink struct {
	netlink.Link
	ipv4 []byte // IFLA_INET_CONF: one number per parameter, from parameter 1
}

// value returns a parameter of the interface.
func (l *deviceLink) value(c devconf) uint32 {
	at := 4 * (int(c) - 1)
	if len(l.ipv4) < at+4 {
		return 0
	}
	return binary.NativeEndian.Uint32(l.ipv4[at:])
}

// deviceLinks lists the interfaces of the calling thread's namespace, by index. The
// netlink library's list does not include their parameters.
func deviceLinks() ([]deviceLink, error) {
	req := nl.NewNetlinkRequest(unix.RTM_GETLINK, unix.NLM_F_DUMP)
	req.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
	messages, err := req.Execute(unix.NETLINK_ROUTE, unix.RTM_NEWLINK)
	if err != nil {
		return nil, err
	}
	var list []deviceLink
	for _, m := range messages {
		link, err := netlink.LinkDeserialize(nil, m)
		if err != nil {
			return nil, err
		}
		ipv4, err := nested(m[unix.SizeofIfInfomsg:], unix.IFLA_AF_SPEC, unix.AF_INET, unix.IFLA_INET_CONF)
		if err != nil {
			return nil, err
		}
		list = append(list, deviceLink{link, ipv4})
	}
	slices.SortFunc(list, func(a, b deviceLink) int { return a.Attrs().Index - b.Attrs().Index })
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
