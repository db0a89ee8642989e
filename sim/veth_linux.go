package sim

import (
	"errors"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// addVeth creates a veth pair, with one end in the calling thread's namespace and the
// other directly in the namespace with descriptor peer.
//
// The Veth of the netlink library cannot set the peer's interface index, which students
// see: eth0@if5 in a Docker 20.10 container means that the other end is interface 5 of
// the host. The kernel accepts an index for the peer only together with one for this end
// (veth_newlink in drivers/net/veth.c).
func addVeth(a, b Endpoint, peer int) error {
	req := nl.NewNetlinkRequest(unix.RTM_NEWLINK, unix.NLM_F_CREATE|unix.NLM_F_EXCL|unix.NLM_F_ACK)
	msg := nl.NewIfInfomsg(unix.AF_UNSPEC)
	msg.Index = int32(a.Index)
	req.AddData(msg)
	for _, attr := range linkAttrs(a) {
		req.AddData(attr)
	}
	info := nl.NewRtAttr(unix.IFLA_LINKINFO, nil)
	info.AddRtAttr(nl.IFLA_INFO_KIND, nl.NonZeroTerminated("veth"))
	other := info.AddRtAttr(nl.IFLA_INFO_DATA, nil).AddRtAttr(nl.VETH_INFO_PEER, nil)
	nl.NewIfInfomsgChild(other, unix.AF_UNSPEC).Index = int32(b.Index)
	for _, attr := range linkAttrs(b) {
		other.AddChild(attr)
	}
	other.AddRtAttr(unix.IFLA_NET_NS_FD, nl.Uint32Attr(uint32(peer)))
	req.AddData(info)
	return retryInterrupted(func() error {
		_, err := req.Execute(unix.NETLINK_ROUTE, 0)
		return err
	})
}

// linkAttrs returns the attributes of one end of a pair. As on Docker's links, the
// transmit queue has length 0, so frames are passed on at once.
func linkAttrs(e Endpoint) []*nl.RtAttr {
	attrs := []*nl.RtAttr{
		nl.NewRtAttr(unix.IFLA_IFNAME, nl.ZeroTerminated(e.Interface)),
		nl.NewRtAttr(unix.IFLA_TXQLEN, nl.Uint32Attr(0)),
	}
	if e.MTU != 0 {
		attrs = append(attrs, nl.NewRtAttr(unix.IFLA_MTU, nl.Uint32Attr(uint32(e.MTU))))
	}
	if !e.MAC.IsZero() {
		attrs = append(attrs, nl.NewRtAttr(unix.IFLA_ADDRESS, e.MAC[:]))
	}
	return attrs
}

// retryInterrupted repeats a netlink call that was interrupted by a signal, or a dump
// that was interrupted by a change.
func retryInterrupted(call func() error) error {
	for try := 0; ; try++ {
		err := call()
		if try < 10 && (errors.Is(err, unix.EINTR) || errors.Is(err, netlink.ErrDumpInterrupted)) {
			continue
		}
		return err
	}
}
