package listing_test

import (
	"errors"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"

	"tracer/sim/labtest"
	"tracer/trace/listing"
)

// TestBridge: forwarding databases are listed as bridge lists them: what a bridge has learned
// from a frame, what was added by hand, and the node's own addresses.
func TestBridge(t *testing.T) {
	ns, other := labtest.Loopback(t), labtest.Loopback(t)
	setUp(t, ns, `
		ip link add br0 address 02:42:00:00:00:01 type bridge
		ip link add br1 type bridge
		ip link add veth1 type veth peer name port1
		ip link add veth2 type veth peer name port2
		ip link set veth1 master br0
		ip link set veth2 master br1
		ip addr add 10.0.0.1/24 dev br0
		ip link set br0 up
		ip link set br1 up
		ip link set veth1 up
		ip link set veth2 up
		ip link set port2 up`)
	labtest.Do(t, ns, func() error { return move("port1", other) })
	setUp(t, other, "ip link set port1 address 02:42:0a:00:00:02\nip addr add 10.0.0.2/24 dev port1\nip link set port1 up")
	labtest.Do(t, other, func() error {
		c, err := net.Dial("udp4", "10.0.0.1:9")
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err = c.Write([]byte("data")); err == nil {
			_, err = c.Read(make([]byte, 1)) // until the ICMP error arrives
		}
		if errors.Is(err, syscall.ECONNREFUSED) {
			return nil
		}
		return err
	})
	setUp(t, ns, `
		bridge fdb add 02:00:00:00:00:02 dev veth1 master static
		bridge fdb add 02:00:00:00:00:03 dev veth1 master dynamic
		bridge fdb add 02:00:00:00:00:04 dev veth2 master permanent
		bridge fdb add 02:00:00:00:00:05 dev veth2 master static sticky
		bridge fdb add 02:00:00:00:00:06 dev veth2 master extern_learn
		bridge fdb add 02:00:00:00:00:07 dev veth2 self`)
	compare(t, ns, "bridge fdb", "bridge fdb show", "bridge fdb show br br0", "bridge fdb show br br1", "bridge fdb show dev veth1",
		"bridge fdb list br br1 brport veth2", "bridge f s dev veth2 br br1")
	n := read(t, ns)
	lines, err := listing.Lines(&n, strings.Fields("bridge fdb show br br0"))
	if err != nil || !slices.Contains(lines, "02:42:0a:00:00:02 dev veth1 master br0") || !slices.Contains(lines, "02:42:00:00:00:01 dev br0 master br0 permanent") {
		t.Errorf("%v\n%s", err, strings.Join(lines, "\n"))
	}
}
