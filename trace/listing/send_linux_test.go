package listing_test

import (
	"errors"
	"net"
	"syscall"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/netns"
)

// dial sends datagrams to a port of 127.0.0.1 where nobody listens.
func dial(n int) error {
	for range n {
		c, err := net.Dial("udp4", "127.0.0.1:9")
		if err != nil {
			return err
		}
		_, err = c.Write([]byte("data"))
		if err == nil {
			_, err = c.Read(make([]byte, 1)) // until the ICMP error arrives
		}
		if err := errors.Join(c.Close()); err != nil {
			return err
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return err
		}
	}
	return nil
}

// move moves an interface of the calling thread's namespace to another one.
func move(name string, to *netns.Namespace) error {
	handle, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer handle.Close()
	link, err := handle.LinkByName(name)
	if err != nil {
		return err
	}
	return handle.LinkSetNsFd(link, to.Fd())
}
