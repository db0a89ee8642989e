package netstate

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/sim/netns"
	"tracer/trace"
)

func TestMain(m *testing.M) { labtest.Main(m, nil) }

// run runs a peer's commands in a namespace, one for each line, and returns what they
// print.
func run(t *testing.T, ns *netns.Namespace, lines string) string {
	t.Helper()
	var out strings.Builder
	for line := range strings.Lines(lines) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		path := labtest.Peer(t, words[0])
		labtest.Do(t, ns, func() error {
			b, err := exec.Command(path, words[1:]...).CombinedOutput()
			if err != nil {
				return fmt.Errorf("%s: %w\n%s", line, err, b)
			}
			out.Write(b)
			return nil
		})
	}
	return out.String()
}

// list runs a command of ip in a namespace, which prints JSON.
func list[T any](t *testing.T, ns *netns.Namespace, command string) (out []T) {
	t.Helper()
	if err := json.Unmarshal([]byte(run(t, ns, command)), &out); err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return out
}

func read(t *testing.T, ns *netns.Namespace) (s Namespace) {
	t.Helper()
	labtest.Do(t, ns, func() (err error) {
		s, err = Read()
		return err
	})
	return s
}

// write sets a kernel parameter of a namespace.
func write(t *testing.T, ns *netns.Namespace, path, value string) {
	t.Helper()
	labtest.Do(t, ns, func() error { return os.WriteFile("/proc/sys/"+path, []byte(value), 0o644) })
}

// newNetwork makes a namespace with a bridge that has a port, a pair that is down, and an
// interface to a router:
//
//	docker0 172.17.0.1/16      eth0 192.168.52.203/24, .204 ──── far0
//	  └─ veth1 ──── port1      veth2 ──── port2 (down)
//
// All are in one namespace, the far ends too, and nobody has the neighbours' addresses. They
// have no link-local addresses.
func newNetwork(t *testing.T) *netns.Namespace {
	ns := labtest.Loopback(t)
	write(t, ns, "net/ipv6/conf/default/addr_gen_mode", "1") // none: a link-local address would appear while tests read
	run(t, ns, `
		ip link add docker0 address 02:42:00:00:00:01 type bridge
		ip link add veth1 type veth peer name port1
		ip link add veth2 type veth peer name port2
		ip link set veth1 master docker0
		ip link add eth0 address 02:00:00:00:00:09 mtu 1400 type veth peer name far0
		ip addr add 172.17.0.1/16 dev docker0
		ip addr add 192.168.52.203/24 dev eth0
		ip addr add 192.168.52.204/24 dev eth0
		ip addr add fd00::1/64 dev eth0 nodad
		ip link set docker0 up
		ip link set veth1 up
		ip link set port1 up
		ip link set eth0 up
		ip link set far0 up
		ip route add default via 192.168.52.1 dev eth0
		ip route add 10.0.0.0/8 via 172.17.0.9 dev docker0 src 172.17.0.1
		ip neigh add 192.168.52.1 lladdr 02:00:00:00:00:aa dev eth0 nud permanent
		ip neigh add 172.17.0.2 lladdr 02:42:ac:11:00:02 dev docker0 nud reachable
		ip neigh add 172.17.0.9 dev docker0 nud failed`)
	settle(t, ns)
	return ns
}

// settle waits until the kernel has noticed all carriers, which may take a second.
func settle(t *testing.T, ns *netns.Namespace) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		links, routes := run(t, ns, "ip -o link show up"), run(t, ns, "ip route")
		if strings.Count(links, "state UP") == 5 && !strings.Contains(routes, "linkdown") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not all links have a carrier:\n%s\n%s", links, routes)
		}
	}
}

// TestInterfaces: what is read is what ip lists.
func TestInterfaces(t *testing.T) {
	ns := newNetwork(t)
	got := read(t, ns).Node.Interfaces
	listed := list[struct {
		Index    int    `json:"ifindex"`
		Name     string `json:"ifname"`
		MTU      int    `json:"mtu"`
		Master   string `json:"master"`
		Type     string `json:"link_type"`
		MAC      string `json:"address"`
		LinkInfo struct {
			Kind string `json:"info_kind"`
		} `json:"linkinfo"`
		Addresses []struct {
			Local  string `json:"local"`
			Length int    `json:"prefixlen"`
		} `json:"addr_info"`
	}](t, ns, "ip -j -details addr")
	if len(got) != len(listed) {
		t.Fatalf("%d interfaces; ip lists %d", len(got), len(listed))
	}
	for i, want := range listed {
		kind := want.LinkInfo.Kind
		if kind == "" {
			kind = want.Type
		}
		var addresses []netip.Prefix
		for _, a := range want.Addresses {
			addresses = append(addresses, netip.PrefixFrom(netip.MustParseAddr(a.Local), a.Length))
		}
		g := got[i]
		if g.Name != want.Name || g.Index != want.Index || g.MTU != want.MTU || g.Master != want.Master || g.Kind != kind || g.MAC.String() != want.MAC {
			t.Errorf("%+v\nip says %+v", g, want)
		}
		if !slices.Equal(g.Addresses, addresses) {
			t.Errorf("%s: %v\nip says %v", g.Name, g.Addresses, addresses)
		}
	}
	if n := (&trace.Node{Interfaces: got}); n.Interface("eth0") == nil || n.Interface("veth1").Master != "docker0" || len(n.Interface("eth0").Addresses) < 3 {
		t.Errorf("%+v", got)
	}
}

// TestRoutes: routes are read in the order in which ip lists them.
func TestRoutes(t *testing.T) {
	ns := newNetwork(t)
	var got, want []string
	for _, r := range read(t, ns).Node.Routes {
		if r.Destination.Addr().Is4() {
			got = append(got, r.String())
		}
	}
	for _, r := range list[struct {
		Destination string `json:"dst"`
		Gateway     string `json:"gateway"`
		Interface   string `json:"dev"`
		Source      string `json:"prefsrc"`
		Protocol    string `json:"protocol"`
	}](t, ns, "ip -j route") {
		text := r.Destination
		if r.Gateway != "" {
			text += " via " + r.Gateway
		}
		text += " dev " + r.Interface
		if r.Protocol == "kernel" {
			text += " proto kernel scope link"
		}
		if r.Source != "" {
			text += " src " + r.Source
		}
		want = append(want, text)
	}
	if !slices.Equal(got, want) || len(got) != 4 {
		t.Errorf("%s\nip says\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestNeighbours: those that have a hardware address are read, by address.
func TestNeighbours(t *testing.T) {
	ns := newNetwork(t)
	var want []trace.Neighbour
	for _, n := range list[struct {
		Address   string   `json:"dst"`
		Interface string   `json:"dev"`
		MAC       string   `json:"lladdr"`
		State     []string `json:"state"`
	}](t, ns, "ip -4 -j neigh") {
		if n.MAC == "" {
			continue
		}
		mac, err := trace.ParseMAC(n.MAC)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, trace.Neighbour{Address: netip.MustParseAddr(n.Address), MAC: mac, Interface: n.Interface})
	}
	slices.SortFunc(want, func(a, b trace.Neighbour) int { return a.Address.Compare(b.Address) })
	if got := read(t, ns).Node.Neighbours; !slices.Equal(got, want) || len(got) != 2 {
		t.Errorf("%+v\nip says %+v", got, want)
	}
}

// TestParameters: forwarding and route_localnet, of the namespace and of its interfaces.
func TestParameters(t *testing.T) {
	ns := newNetwork(t)
	write(t, ns, "net/ipv4/ip_forward", "0")
	if n := read(t, ns).Node; n.Forwarding || n.Interface("eth0").Forwarding || n.Interface("eth0").RouteLocalnet {
		t.Errorf("nothing is set, but %+v", n)
	}
	write(t, ns, "net/ipv4/ip_forward", "1")
	write(t, ns, "net/ipv4/conf/docker0/forwarding", "0")
	write(t, ns, "net/ipv4/conf/eth0/route_localnet", "1")
	n := read(t, ns).Node
	if !n.Forwarding || !n.Interface("eth0").Forwarding || n.Interface("docker0").Forwarding {
		t.Errorf("forwarding: %+v", n)
	}
	if !n.Interface("eth0").RouteLocalnet || n.Interface("docker0").RouteLocalnet {
		t.Errorf("route_localnet: %+v", n)
	}
	write(t, ns, "net/ipv4/conf/all/route_localnet", "1")
	if n := read(t, ns).Node; !n.Interface("docker0").RouteLocalnet {
		t.Errorf("route_localnet of all: %+v", n)
	}
	const bridge = "net/bridge/bridge-nf-call-iptables"
	if _, err := os.Stat("/proc/sys/" + bridge); err != nil {
		t.Logf("not tested: %v", err)
		return
	}
	for _, value := range []string{"0", "1"} {
		write(t, ns, bridge, value)
		if n := read(t, ns).Node; n.BridgeNetfilter != (value == "1") {
			t.Errorf("%s is %s, and read as %v", bridge, value, n.BridgeNetfilter)
		}
	}
}

// TestRules: the rules are those that iptables prints, with handles, and translations where
// they make any.
func TestRules(t *testing.T) {
	ns := newNetwork(t)
	run(t, ns, `
		iptables -t nat -N DOCKER
		iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
		iptables -t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000
		iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
		iptables -P FORWARD DROP
		iptables -A FORWARD -i eth0 -j ACCEPT`)
	s := read(t, ns)
	translations := 0
	for i, table := range s.Rules {
		want := run(t, ns, "iptables -t "+table.Name+" -S")
		text := s.Node.Rules[i]
		for k, c := range table.Chains {
			for n, r := range c.Rules {
				if line := "-A " + c.Name + " " + r.Text + "\n"; !strings.Contains(want, line) || r.Handle == 0 {
					t.Errorf("rule %d of %s: %siptables prints\n%s", r.Handle, table.Name, line, want)
				}
				if o := text.Chains[k].Rules[n]; o.Handle != r.Handle || o.Text != r.Text {
					t.Errorf("as text: %+v, as a rule: %+v", o, r)
				}
				if r.NAT != nil {
					translations++
				}
			}
			if line := "-P " + c.Name + " " + c.Policy + "\n"; c.Policy != "" && (!strings.Contains(want, line) || text.Chains[k].Policy != c.Policy) {
				t.Errorf("%siptables prints\n%s", line, want)
			}
		}
		if lines := strings.Count(want, "-A "); lines != count(text) {
			t.Errorf("%s: %d rules of %d", table.Name, count(text), lines)
		}
	}
	if len(s.Rules) != 2 || translations != 2 {
		t.Errorf("%d tables, %d translations", len(s.Rules), translations)
	}
}

func count(t trace.Table) (n int) {
	for _, c := range t.Chains {
		n += len(c.Rules)
	}
	return n
}

// TestTooManyRoutes: a node with routes without end is refused, and the error says why.
func TestTooManyRoutes(t *testing.T) {
	ns := newNetwork(t)
	var batch strings.Builder
	for i := range maxRoutes + 1 {
		fmt.Fprintf(&batch, "route add blackhole 10.%d.%d.%d/32\n", 1+i>>16, i>>8&255, i&255)
	}
	path := labtest.Peer(t, "ip")
	labtest.Do(t, ns, func() error {
		cmd := exec.Command(path, "-batch", "-")
		cmd.Stdin = strings.NewReader(batch.String())
		b, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, b[:min(len(b), 200)])
		}
		if _, err := Read(); err == nil || !strings.Contains(err.Error(), "list routes") {
			t.Errorf("more than %d routes: %v", maxRoutes, err)
		}
		return nil
	})
}

// TestRelease: the release is that of uname.
func TestRelease(t *testing.T) {
	if got, want := Release(), strings.TrimSpace(labtest.Output(t, "uname", "-r")); got != want {
		t.Errorf("%q, but uname says %q", got, want)
	}
}
