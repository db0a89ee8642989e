package capture

import (
	"os"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/labtest"
	"tracer/sim/netns"
)

func TestMain(m *testing.M) { labtest.Main(m, nil) }

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// A namespace is a network namespace that ends with the test.
type namespace struct {
	*netns.Namespace
	t     testing.TB
	links *netlink.Handle
}

// newNamespace makes an empty network namespace without IPv6, which would send
// frames unasked.
func newNamespace(t testing.TB) *namespace {
	t.Helper()
	n := &namespace{Namespace: labtest.Namespace(t), t: t}
	n.do(func() (err error) {
		if n.links, err = netlink.NewHandle(unix.NETLINK_ROUTE); err != nil {
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
	t.Cleanup(n.links.Close)
	return n
}

// do runs f in the namespace. An error ends the test.
func (n *namespace) do(f func() error) {
	n.t.Helper()
	labtest.Do(n.t, n.Namespace, f)
}

// listen opens a Source in the namespace, closed at the test's end.
func (n *namespace) listen(buffer int) *Source {
	n.t.Helper()
	var s *Source
	n.do(func() (err error) {
		s, err = listen(buffer, false)
		return err
	})
	n.t.Cleanup(func() { s.Close() })
	return s
}

// veth makes a veth pair, not yet up:
//
//	n: name ─────── peer :there
func (n *namespace) veth(name string, there *namespace, peer string) {
	n.t.Helper()
	n.do(func() error {
		return n.links.LinkAdd(&netlink.Veth{
			LinkAttrs:     netlink.LinkAttrs{Name: name, MTU: 1500},
			PeerName:      peer,
			PeerNamespace: netlink.NsFd(there.Fd()),
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
