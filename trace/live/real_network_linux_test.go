package live

import (
	"errors"
	"fmt"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/sim/docker"
	"tracer/sim/labtest"
	"tracer/sim/labtest/dockerd"
	"tracer/sim/netns"
	"tracer/sim/traffic"
	"tracer/trace"
	"tracer/trace/correlate"
)

// realNetwork is a scenario's network, set up by a real Docker Engine. Its nodes are those of
// the scenario, and it is a [Network]:
//
//	client eth0 ──── ens160 host ─┬─ docker0 ── containers
//	                              └─ br-…    ── containers
type realNetwork struct {
	scenario *scenarios.Scenario
	spaces   map[string]traffic.Namespace // by node
}

// realise sets up a scenario's network with an engine. The servers are those of a lab.
func realise(t *testing.T, s *scenarios.Scenario, p dockerd.Program, flags []string) *realNetwork {
	t.Helper()
	client, host := labtest.Loopback(t), labtest.Loopback(t)
	wire(t, s, client, host)
	if p.Version == "29-nftables" { // with this backend, dockerd does not turn it on
		labtest.Do(t, host, func() error {
			return run("sysctl", "-qw", "net.ipv6.conf.default.forwarding=1", "net.ipv6.conf.all.forwarding=1")
		})
	}
	d := p.StartOn(t, host, flags...)
	d.Load(t)
	n := &realNetwork{s, map[string]traffic.Namespace{"client": client, "host": host}}
	e := s.Engines["host"]
	for _, network := range e.Networks[1:] {
		d.Must(t, createArguments(network)...)
	}
	for _, c := range e.Containers {
		args := []string{"run", "-d", "--name", c.Name, "--network", c.Network}
		for _, port := range c.Publish {
			args = append(args, "-p", port.String())
		}
		d.Must(t, append(args, dockerd.Image)...)
		n.spaces[c.Name] = d.Sandbox(t, c.Name)
	}
	labtest.Do(t, host, func() error { return errors.Join(completeTables("iptables"), completeTables("ip6tables")) })
	n.awaitAddresses(t)
	for _, node := range s.Topology.Nodes {
		for _, service := range node.Services {
			if node.Role != sim.RoleHost && service.Resolver == nil { // those are the engine's
				n.serve(t, node.Name, service)
			}
		}
	}
	return n
}

// completeTables creates the base chains that iptables lists, but has not created because
// nothing needed them so far. In a lab they exist, as they do with iptables-legacy.
func completeTables(iptables string) error {
	saved, err := exec.Command(iptables + "-save").Output()
	table := ""
	for line := range strings.Lines(string(saved)) {
		words := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "*"):
			table = words[0][1:]
		case strings.HasPrefix(line, ":") && words[1] != "-":
			err = errors.Join(err, run(iptables, "-t", table, "-P", words[0][1:], words[1]))
		}
	}
	return err
}

func createArguments(n docker.Network) []string {
	args := []string{
		"network", "create", "--subnet", n.Gateway.Masked().String(), "--gateway", n.Gateway.Addr().String(),
		"-o", "com.docker.network.bridge.name=" + n.Bridge,
	}
	if n.Gateway6.IsValid() {
		args = append(args, "--ipv6", "--subnet", n.Gateway6.Masked().String(), "--gateway", n.Gateway6.Addr().String())
	}
	return append(args, n.Name)
}

// wire connects client and host, as the scenario's link does.
func wire(t *testing.T, s *scenarios.Scenario, client, host *netns.Namespace) {
	t.Helper()
	labtest.Peer(t, "ip")
	labtest.Do(t, client, func() error {
		return errors.Join(quiet(), netlink.LinkAdd(&netlink.Veth{
			LinkAttrs: netlink.LinkAttrs{Name: "eth0"}, PeerName: "ens160", PeerNamespace: netlink.NsFd(host.Fd()),
		}))
	})
	labtest.Do(t, host, quiet)
	for name, ns := range map[string]*netns.Namespace{"host": host, "client": client} {
		for _, e := range s.Topology.Endpoints(name) {
			if e.Bridge == "" {
				labtest.Do(t, ns, func() error { return addresses(e) })
			}
		}
	}
	node, _ := s.Topology.Node("client")
	labtest.Do(t, client, func() (err error) {
		for _, r := range node.Routes {
			err = errors.Join(err, run("ip", "route", "add", r.Destination.String(), "via", r.Gateway.String()))
		}
		return err
	})
}

// quiet makes the calling thread's namespace one that looks for no routers and uses its
// addresses at once.
func quiet() error {
	return run("sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.default.dad_transmits=0",
		"net.ipv6.conf.default.router_solicitations=0", "net.ipv6.conf.default.accept_ra=0")
}

func addresses(e sim.Endpoint) (err error) {
	for _, a := range e.Addresses {
		err = errors.Join(err, run("ip", "address", "add", a.String(), "dev", e.Interface))
	}
	return errors.Join(err, run("ip", "link", "set", e.Interface, "up"))
}

func run(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// serve starts one of the servers that a lab has, too.
func (n *realNetwork) serve(t *testing.T, node string, s sim.Service) {
	t.Helper()
	at := netip.IPv4Unspecified()
	if n.scenario.Topology.SpeaksIPv6(node) {
		at = netip.IPv6Unspecified()
	}
	server, err := traffic.ServeHTTP(t.Context(), n.spaces[node], netip.AddrPortFrom(at, s.Port), s.Body)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
}

// awaitAddresses waits until duplicate address detection has ended everywhere.
func (n *realNetwork) awaitAddresses(t *testing.T) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		tentative := false
		for node := range n.spaces {
			if err := n.Do(node, func() error {
				list, err := netlink.AddrList(nil, netlink.FAMILY_V6)
				tentative = tentative || slices.ContainsFunc(list, func(a netlink.Addr) bool { return a.Flags&unix.IFA_F_TENTATIVE != 0 })
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if !tentative {
			return
		}
		if time.Now().After(limit) {
			t.Fatal("an address is still tentative")
		}
	}
}

// Nodes returns those of the scenario.
func (n *realNetwork) Nodes() (list []Node) {
	for _, node := range n.scenario.Topology.Nodes {
		list = append(list, labNode(node))
	}
	return list
}

// Do runs f in a node's namespace.
func (n *realNetwork) Do(node string, f func() error) error { return n.spaces[node].Do(f) }

// Splices returns nothing: a real docker-proxy does not report what it joins.
func (n *realNetwork) Splices() []trace.Splice { return nil }

// Snapshot reads the nodes. Which interfaces are the ends of one veth pair, their indexes tell.
func (n *realNetwork) Snapshot() (correlate.Snapshot, error) {
	s, err := ReadNodes(n.Nodes(), n.Do)
	if err != nil {
		return s, err
	}
	for i := range s.State.Nodes {
		at := &s.State.Nodes[i]
		if at.Name == "host" {
			continue
		}
		err = errors.Join(err, n.Do(at.Name, func() error { return join(s.State.Node("host"), at) }))
	}
	return s, err
}

// join records the peers of a node's interface eth0 and of the host's interface at its other
// end. It runs in the node.
func join(host, at *trace.Node) error {
	link, err := netlink.LinkByName("eth0")
	if err != nil {
		return fmt.Errorf("%s: %w", at.Name, err)
	}
	for i := range host.Interfaces {
		if other := &host.Interfaces[i]; other.Index == link.Attrs().ParentIndex {
			other.Peer = trace.Place(at.Name, "eth0")
			at.Interface("eth0").Peer = trace.Place("host", other.Name)
		}
	}
	return nil
}
