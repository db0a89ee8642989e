package docker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim"
	"tracer/sim/labtest"
	"tracer/sim/netns"
	"tracer/sim/traffic"
)

// testPages asks for pages, in the lab and from a real engine: who gets one, and the source
// address that the server sees, are equal.
//
//	client eth0 ──── ens160 host ─┬─ docker0 ─┬─ web, published at port 80
//	192.168.52.202   .203         │           └─ peer
//	                              └─ br-back ─── far
func testPages(t *testing.T, real *realEngine, options engineCase) {
	back := bridgeNetwork("back", "172.28.0.1/16")
	containers := []Container{
		{Name: "web", Network: "bridge", Publish: publish(t, "80:80")}, {Name: "peer", Network: "bridge"}, {Name: "far", Network: "back"},
	}
	options.networks, options.containers = []Network{back}, containers
	theirs := real.network(t, back, containers)
	ours := buildPages(t, options.engine(real.Version))
	for _, ask := range []struct{ from, address string }{
		{"client", "192.168.52.203"}, {"client", "172.17.0.1"}, {"client", "172.17.0.2"}, {"client", "192.168.52.203:81"},
		{"host", "127.0.0.1"}, {"host", "192.168.52.203"}, {"host", "172.17.0.1"}, {"host", "172.17.0.2"},
		{"web", "192.168.52.203"}, {"peer", "172.17.0.2"}, {"peer", "192.168.52.203"}, {"peer", "192.168.52.202"},
		{"far", "192.168.52.203"}, {"far", "172.17.0.2"}, {"far", "172.17.0.1"},
	} {
		var got, want string
		for _, wait := range []time.Duration{400 * time.Millisecond, 10 * time.Second} { // a busy machine may be slow to answer
			got, want = page(t, ours[ask.from], ask.address, wait), page(t, theirs[ask.from], ask.address, wait)
			if got == want {
				break
			}
		}
		if got != want {
			t.Errorf("%s asks %s: %q, and with the real engine %q", ask.from, ask.address, got, want)
		}
	}
	for _, c := range containers {
		real.Must(t, "rm", "-f", c.Name)
	}
	real.Must(t, "network", "rm", back.Name)
}

// network starts the containers, and adds a client. It returns the namespaces of all.
func (e *realEngine) network(t *testing.T, back Network, containers []Container) map[string]traffic.Namespace {
	t.Helper()
	client := labtest.Loopback(t)
	labtest.Do(t, e.Namespace, func() error { return connect(client, true) })
	labtest.Do(t, client, func() error { return connect(nil, false) })
	serve(t, client)
	e.create(t, back)
	all := map[string]traffic.Namespace{"host": e.Namespace, "client": client}
	for _, c := range containers {
		e.run(t, c)
		all[c.Name] = e.Sandbox(t, c.Name)
	}
	for _, c := range containers {
		e.Await(t, c.Name)
	}
	return all
}

// connect configures one end of the link between host and client, in the calling thread's
// namespace. The host's end is created first, with the other one in the client.
func connect(client *netns.Namespace, host bool) error {
	handle, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer handle.Close()
	name, address := "eth0", "192.168.52.202/24"
	if host {
		name, address = "ens160", "192.168.52.203/24"
		attrs := netlink.NewLinkAttrs()
		attrs.Name = name
		if err := handle.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: "eth0", PeerNamespace: netlink.NsFd(client.Fd())}); err != nil {
			return fmt.Errorf("add link: %w", err)
		}
	}
	link, err := handle.LinkByName(name)
	if err != nil {
		return err
	}
	a, err := netlink.ParseAddr(address)
	if err == nil {
		err = errors.Join(handle.AddrAdd(link, a), handle.LinkSetUp(link))
	}
	if err == nil && !host {
		err = handle.RouteAdd(&netlink.Route{LinkIndex: link.Attrs().Index, Gw: net.IPv4(192, 168, 52, 203)})
	}
	return err
}

// buildPages builds the same network as a lab.
func buildPages(t *testing.T, e Engine) map[string]traffic.Namespace {
	t.Helper()
	topo := host()
	l := &topo.Links[0]
	l.A.Addresses, l.B.Addresses = []netip.Prefix{netip.MustParsePrefix("192.168.52.202/24")}, []netip.Prefix{netip.MustParsePrefix("192.168.52.203/24")}
	topo.Nodes[0].Routes = []sim.Route{{Destination: netip.MustParsePrefix("0.0.0.0/0"), Gateway: netip.MustParseAddr("192.168.52.203")}}
	if err := e.Install(topo, "host"); err != nil {
		t.Fatal(err)
	}
	lab, err := sim.Build(t.Context(), *topo, sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lab.Close() })
	all := map[string]traffic.Namespace{}
	for _, n := range topo.Nodes {
		all[n.Name] = labNode{lab, n.Name}
	}
	for _, name := range []string{"client", "web"} {
		serve(t, all[name])
	}
	return all
}

type labNode struct {
	*sim.Lab
	name string
}

func (n labNode) Do(f func() error) error { return n.Lab.Do(n.name, f) }

// serve answers requests with the address that they come from.
func serve(t *testing.T, ns traffic.Namespace) {
	t.Helper()
	var listener net.Listener
	if err := ns.Do(func() (err error) {
		listener, err = net.Listen("tcp4", ":80")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, netip.MustParseAddrPort(r.RemoteAddr).Addr())
	})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // until it is closed
	}()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
}

// page asks for one, and says what came within a time.
func page(t *testing.T, from traffic.Namespace, address string, wait time.Duration) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), wait)
	defer cancel()
	got, err := traffic.Get(ctx, from, traffic.PageRequest{URL: "http://" + address + "/"})
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded):
		return "no answer"
	case err != nil:
		return err.Error()
	}
	return fmt.Sprint(got.Status, " ", got.Body)
}
