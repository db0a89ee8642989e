package netstate

import (
	"encoding/json"
	"errors"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/labtest"
	"tracer/sim/netns"
	"tracer/trace"
)

func counts(t testing.TB, ns *netns.Namespace) (c trace.Counts) {
	t.Helper()
	labtest.Do(t, ns, func() error {
		c = ReadCounts()
		return nil
	})
	return c
}

// send sends a datagram from a namespace.
func send(t *testing.T, ns *netns.Namespace, to string) {
	t.Helper()
	labtest.Do(t, ns, func() error {
		c, err := net.Dial("udp4", to)
		if errors.Is(err, syscall.ENETUNREACH) {
			return nil
		}
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.Write([]byte("data"))
		return err
	})
}

// TestCounts: each cause of a loss increments its own counter, and no other.
func TestCounts(t *testing.T) {
	ns := labtest.Loopback(t)
	for to, want := range map[string]trace.Counter{"127.0.0.1:9": trace.UDPNoPort, "192.0.2.1:9": trace.OutNoRoutes} {
		before := counts(t, ns)
		send(t, ns, to)
		after := counts(t, ns)
		moved := after.Since(&before)
		if got := moved.Lost(); !slices.Equal(got, []trace.Counter{want}) || moved[want] != 1 {
			t.Errorf("%s: %v, not %v", to, got, want)
		}
		if want == trace.UDPNoPort && (moved[trace.InReceives] != 2 || moved[trace.InDelivers] != 2) {
			t.Errorf("a datagram and the ICMP error: %v", moved)
		}
	}
}

// TestCountsReversePath: a packet that rp_filter drops is counted as such. One with a martian
// source is counted neither as lost nor as delivered, only as received.
func TestCountsReversePath(t *testing.T) {
	near, far := pair(t)
	write(t, near, "net/ipv4/conf/eth0/rp_filter", "1")
	run(t, near, "ip addr add 10.0.0.3/24 dev eth0")
	for _, c := range []struct {
		source    string
		delivered uint64
		lost      []trace.Counter
	}{{"10.0.0.2", 1, []trace.Counter{trace.UDPNoPort}}, {"192.0.2.9", 0, []trace.Counter{trace.ReversePathFilter}}, {"10.0.0.3", 0, nil}} {
		run(t, far, "ip addr flush dev eth0\nip addr add "+c.source+"/32 dev eth0\nip route replace 10.0.0.1 dev eth0 src "+c.source+"\nip neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0")
		before := counts(t, near)
		send(t, far, "10.0.0.1:9")
		after := counts(t, near)
		moved := after.Since(&before)
		if got := moved.Lost(); !slices.Equal(got, c.lost) || moved[trace.InReceives] != 1 || moved[trace.InDelivers] != c.delivered {
			t.Errorf("from %s: lost %v, %v", c.source, got, moved)
		}
	}
}

// pair makes two namespaces whose interfaces eth0 are connected; the first has 10.0.0.1, and
// each knows the other's hardware address.
func pair(t *testing.T) (near, far *netns.Namespace) {
	t.Helper()
	near, far = labtest.Loopback(t), labtest.Loopback(t)
	run(t, near, "ip link add eth0 address 02:00:00:00:00:01 type veth peer name far0 address 02:00:00:00:00:02")
	labtest.Do(t, near, func() error {
		handle, err := netlink.NewHandle(unix.NETLINK_ROUTE)
		if err != nil {
			return err
		}
		defer handle.Close()
		link, err := handle.LinkByName("far0")
		if err != nil {
			return err
		}
		return handle.LinkSetNsFd(link, far.Fd())
	})
	run(t, near, "ip addr add 10.0.0.1/24 dev eth0\nip link set eth0 up\nip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0\nip neigh add 192.0.2.9 lladdr 02:00:00:00:00:02 dev eth0")
	run(t, far, "ip link set far0 name eth0\nip link set eth0 up")
	return near, far
}

// TestNstat: the counters are those that nstat prints.
func TestNstat(t *testing.T) {
	ns := labtest.Loopback(t)
	for range 3 {
		send(t, ns, "127.0.0.1:9")
	}
	var doc struct{ Kernel map[string]uint64 }
	if err := json.Unmarshal([]byte(run(t, ns, "nstat --json --zeros --noupdate --ignore")), &doc); err != nil {
		t.Fatal(err)
	}
	got := counts(t, ns)
	for k := trace.Counter(0); k <= trace.CounterLast; k++ {
		if want, known := doc.Kernel[k.String()]; got[k] != want || !known && !strings.HasPrefix(k.String(), "conntrack ") {
			t.Errorf("%s: %d; nstat says %d, %v", k, got[k], want, known)
		}
	}
	if got[trace.UDPNoPort] != 3 {
		t.Errorf("%v", got)
	}
}

func BenchmarkReadCounts(b *testing.B) {
	ns := labtest.Loopback(b)
	labtest.Do(b, ns, func() error {
		for b.Loop() {
			ReadCounts()
		}
		return nil
	})
}

func BenchmarkRead(b *testing.B) {
	ns := labtest.Loopback(b)
	labtest.Do(b, ns, func() (err error) {
		for b.Loop() {
			if _, err = Read(); err != nil {
				return err
			}
		}
		return nil
	})
}
