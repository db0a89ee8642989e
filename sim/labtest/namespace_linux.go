package labtest

import (
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/netns"
)

// Namespace returns an empty network namespace that is closed when the test ends.
func Namespace(t testing.TB) *netns.Namespace {
	t.Helper()
	ns, err := netns.New()
	if err != nil {
		t.Fatalf("new network namespace: %v", err)
	}
	t.Cleanup(ns.Close)
	return ns
}

// Loopback returns a network namespace whose loopback interface is up.
func Loopback(t testing.TB) *netns.Namespace {
	t.Helper()
	ns := Namespace(t)
	Do(t, ns, func() error {
		links, err := netlink.NewHandle(unix.NETLINK_ROUTE)
		if err != nil {
			return err
		}
		defer links.Close()
		lo, err := links.LinkByName("lo")
		if err != nil {
			return err
		}
		return links.LinkSetUp(lo)
	})
	return ns
}

// Do runs f in a namespace and ends the test on an error. f runs in another goroutine
// and must not call t.Fatal.
func Do(t testing.TB, ns *netns.Namespace, f func() error) {
	t.Helper()
	if err := ns.Do(f); err != nil {
		t.Fatal(err)
	}
}
