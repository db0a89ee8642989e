package capture

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// A namespace is a network namespace of its own with the thread that is in it.
// It ends with the test.
type namespace struct {
	t     testing.TB
	calls chan func()
	links *netlink.Handle
	file  *os.File // the namespace, to move links into
}

// newNamespace makes an empty network namespace without IPv6, which would send
// frames unasked.
func newNamespace(t testing.TB) *namespace {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root to make network namespaces")
	}
	n := &namespace{t: t, calls: make(chan func())}
	ready := make(chan error, 1)
	var ended sync.WaitGroup
	ended.Go(func() {
		runtime.LockOSThread() // never unlocked: the thread must not be used again
		err := unix.Unshare(unix.CLONE_NEWNET)
		ready <- err
		if err != nil {
			return
		}
		for f := range n.calls {
			f()
		}
	})
	if err := <-ready; err != nil {
		t.Fatalf("unshare: %v", err)
	}
	t.Cleanup(func() {
		close(n.calls)
		ended.Wait()
	})
	n.do(func() (err error) {
		if n.links, err = netlink.NewHandle(unix.NETLINK_ROUTE); err != nil {
			return err
		}
		if n.file, err = os.Open(fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid())); err != nil {
			return err
		}
		for _, conf := range []string{"all", "default"} {
			name := "/proc/sys/net/ipv6/conf/" + conf + "/disable_ipv6"
			if err := os.WriteFile(name, []byte("1"), 0); err != nil && !os.IsNotExist(err) {
				return err
			}
		}
		return nil
	})
	t.Cleanup(func() {
		n.links.Close()
		n.file.Close()
	})
	return n
}

// do runs f on the namespace's thread.
func (n *namespace) do(f func() error) {
	n.t.Helper()
	done := make(chan error)
	n.calls <- func() { done <- f() }
	if err := <-done; err != nil {
		n.t.Fatal(err)
	}
}

// listen opens a Source in the namespace, closed at the test's end.
func (n *namespace) listen(buffer int) *Source {
	n.t.Helper()
	var s *Source
	n.do(func() (err error) {
		s, err = listen(buffer)
		return err
	})
	n.t.Cleanup(func() { s.Close() })
	return s
}

// veth makes a veth pair from name here to peer there, not yet up.
func (n *namespace) veth(name string, there *namespace, peer string) {
	n.t.Helper()
	n.do(func() error {
		return n.links.LinkAdd(&netlink.Veth{
			LinkAttrs:     netlink.LinkAttrs{Name: name, MTU: 1500},
			PeerName:      peer,
			PeerNamespace: netlink.NsFd(int(there.file.Fd())),
		})
	})
}

// up sets a link up, gives it an address if there is one, and returns it.
func (n *namespace) up(name, address string) netlink.Link {
	n.t.Helper()
	n.do(func() error {
		link, err := n.links.LinkByName(name)
		if err != nil {
			return err
		}
		if address != "" {
			a, err := netlink.ParseAddr(address)
			if err != nil {
				return err
			}
			if err := n.links.AddrAdd(link, a); err != nil {
				return err
			}
		}
		return n.links.LinkSetUp(link)
	})
	return n.link(name)
}

func (n *namespace) link(name string) (link netlink.Link) {
	n.t.Helper()
	n.do(func() (err error) {
		link, err = n.links.LinkByName(name)
		return err
	})
	return link
}

// running waits until the links have their carrier.
func (n *namespace) running(names ...string) {
	n.t.Helper()
	for _, name := range names {
		waitFor(n.t, name+" running", func() bool {
			return n.link(name).Attrs().RawFlags&unix.IFF_RUNNING != 0
		})
	}
}

// waitFor polls a condition that nothing announces.
func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no %s within %v", what, patience)
		}
	}
}
