package sim

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// configureDevices sets the parameters of interfaces that are still down. It must run on
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

// setDeviceConf sends one RTM_SETLINK message. IFLA_AF_SPEC holds the interface's
// parameters for each address family (inet_set_link_af in net/ipv4/devinet.c).
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
