package docker

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"tracer/sim"
	"tracer/sim/labtest"
	"tracer/sim/labtest/dockerd"
	"tracer/sim/traffic"
)

func upstreamNames() []sim.Name {
	return []sim.Name{{Host: "www.example.com", Address: netip.MustParseAddr("203.0.113.10")}}
}

// named are the networks and containers of [testResolver]:
//
//	web ── mynet ── db ── other    inner ── inside (internal)    plain ── bridge
//
// One network, mynet, has IPv6 as well.
func named() ([]Network, []Container) {
	return []Network{dualStack(bridgeNetwork("mynet", "172.28.0.1/16")), bridgeNetwork("other", "172.29.0.1/16"), closedNetwork()}, []Container{
		{Name: "web", Network: "mynet", Aliases: []string{"www"}},
		{Name: "db", Network: "other", Also: []Attachment{{Network: "mynet", Aliases: []string{"second"}}}},
		{Name: "inner", Network: "inside"},
		{Name: "plain", Network: "bridge"},
	}
}

// TestResolver20: the DNS servers of Debian's engine are those of the model: see
// [testResolver].
func TestResolver20(t *testing.T) { testResolver(t, dockerd.Debian(t)) }

// TestResolverBuilt: so are those of the engine that the environment names.
func TestResolverBuilt(t *testing.T) { testResolver(t, dockerd.Built(t)) }

// TestResolverNFT: so are those of that engine with its other backend.
func TestResolverNFT(t *testing.T) { testResolver(t, dockerd.BuiltNFT(t)) }

// testResolver compares the containers' rules, the replies of their DNS servers, and their
// resolv.conf with those of a lab.
func testResolver(t *testing.T, p dockerd.Program) {
	real := start(t, p)
	real.Load(t)
	networks, containers := named()
	for _, n := range networks {
		real.create(t, n)
	}
	for _, c := range containers {
		real.run(t, c)
		defer func() { real.Must(t, "rm", "-f", c.Name) }()
	}
	if err := real.Namespace.Do(addUpstream); err != nil {
		t.Fatal(err)
	}
	server, err := traffic.ServeUDP(t.Context(), real.Namespace, netip.AddrPortFrom(netip.MustParseAddr(dockerd.Nameserver), dnsPort), traffic.Names(func(host string) (list []netip.Addr) {
		for _, n := range upstreamNames() {
			if n.Host == host {
				list = append(list, n.Address)
			}
		}
		return list
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	lab := namedLab(t, real.Version, networks, containers)
	for _, c := range containers {
		got := node{lab, c.Name}
		want := real.Sandbox(t, c.Name)
		compareRules(t, real.Version, c.Name, got, want)
		real.compareConf(t, lab, c.Name)
		if c.Network != DefaultBridge().Name {
			id := real.Must(t, "inspect", "-f", "{{.Id}}", c.Name)[:12]
			compareAnswers(t, real.Version+" "+c.Name, got, want, shortID(c.Name), id)
		}
	}
}

// namedLab builds the same as a lab.
func namedLab(t *testing.T, version string, networks []Network, containers []Container) *sim.Lab {
	t.Helper()
	at := netip.MustParseAddr(dockerd.Nameserver)
	topo := &sim.Topology{Nodes: []sim.Node{{
		Name: "host", Role: sim.RoleHost, ResolvConf: &sim.ResolvConf{Nameservers: []netip.Addr{at}},
		Services: []sim.Service{{Port: dnsPort, Bind: at, UDP: true, Names: upstreamNames()}},
	}}}
	e := Engine{Version: version, Networks: append([]Network{DefaultBridge()}, networks...), Containers: containers}
	if err := e.Install(topo, "host"); err != nil {
		t.Fatal(err)
	}
	lab, err := sim.Build(t.Context(), *topo, sim.Options{Prepare: func(n sim.Node) error {
		if n.Name == "host" {
			return addUpstream()
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lab.Close() })
	return lab
}

func addUpstream() error {
	if err := exec.Command("ip", "address", "replace", dockerd.Nameserver+"/32", "dev", "lo").Run(); err != nil {
		return fmt.Errorf("add address: %w", err)
	}
	return nil
}

// chosenPorts are the ports that the kernel chose for a DNS server.
var chosenPorts = regexp.MustCompile(`(127\.0\.0\.11:|sport )\d+`)

// compareRules compares the rules in two containers, apart from chosen ports.
func compareRules(t *testing.T, version, name string, lab, real traffic.Namespace) {
	t.Helper()
	read := func(ns traffic.Namespace) string {
		text := ""
		if version == nftables {
			text = shell(t, ns.Do, nil, "nft -s list ruleset")
		} else {
			text = both(save(t, ns.Do), shell(t, ns.Do, nil, labtest.Peer(t, "ip6tables-save")))
		}
		return chosenPorts.ReplaceAllString(text, "${1}PORT")
	}
	if got, want := read(lab), read(real); got != want {
		t.Errorf("%s: the rules in the lab are\n%s\nand in the real engine's container\n%s", name, got, want)
	}
}

// compareConf compares a container's resolv.conf.
func (e *realEngine) compareConf(t *testing.T, lab *sim.Lab, name string) {
	t.Helper()
	topo := lab.Topology()
	n, _ := topo.Node(name)
	path := e.Must(t, "inspect", "-f", "{{.ResolvConfPath}}", name)
	want := shell(t, e.Namespace.Do, nil, "cat "+filepath.Join(e.Root, path))
	if got := n.ResolvConf.Text(); got != want {
		t.Errorf("%s: resolv.conf is\n%s\nand in the real engine's container\n%s", name, got, want)
	}
}

// compareAnswers asks both servers the same. Their clients know a container by different ids.
func compareAnswers(t *testing.T, name string, lab, real traffic.Namespace, labID, realID string) {
	t.Helper()
	const a, aaaa, ptr = dnsmessage.TypeA, dnsmessage.TypeAAAA, dnsmessage.TypePTR
	for _, q := range []struct {
		name string
		of   dnsmessage.Type
	}{
		{"web", a}, {"WEB", a}, {"www", a}, {"web.mynet", a}, {"web.MYNET", a}, {"web.other", a}, {"ID", a}, {"ID.mynet", a},
		{"db", a}, {"db.mynet", a}, {"db.other", a}, {"second", a}, {"second.mynet", a}, {"second.other", a}, {"plain", a}, {"inner", a},
		{"www.example.com", a}, {"nosuch", a}, {"nosuch", aaaa}, {"web", aaaa}, {"db", aaaa}, {"db.other", aaaa}, {"web", dnsmessage.TypeMX}, {"web", dnsmessage.TypeTXT},
		{"2.0.28.172.in-addr.arpa", ptr}, {"2.0.29.172.in-addr.arpa", ptr}, {"1.0.28.172.in-addr.arpa", ptr},
		{"2" + strings.Repeat(".0", 23) + ".8.2.0.0.0.0.d.f.ip6.arpa", ptr}, {"9" + strings.Repeat(".0", 23) + ".8.2.0.0.0.0.d.f.ip6.arpa", ptr},
	} {
		ask := func(ns traffic.Namespace, id, network string) string {
			reply := exchange(ns, network, dnsQuery(t, strings.ReplaceAll(q.name, "ID", id), q.of))
			return strings.ReplaceAll(reply, id, "ID")
		}
		for _, network := range []string{"udp", "tcp"} {
			if network == "tcp" && (q.name != "web" || q.of != a) {
				continue // one name is enough
			}
			if got, want := ask(lab, labID, network), ask(real, realID, network); got != want {
				t.Errorf("%s: %s %s over %s: %q, and the real server %q", name, q.name, q.of, network, got, want)
			}
		}
	}
}

func dnsQuery(t *testing.T, name string, of dnsmessage.Type) []byte {
	t.Helper()
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: 77, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName(name + "."), Type: of, Class: dnsmessage.ClassINET}},
	}
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// exchange sends a query to a container's DNS server, and returns the reply.
func exchange(ns traffic.Namespace, network string, query []byte) string {
	to := netip.AddrPortFrom(ResolverAddress, dnsPort)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if network == "udp" {
		answers, _, err := traffic.Exchange(ctx, ns, traffic.DatagramRequest{To: to, Payload: string(query)})
		if err != nil {
			return noReply
		}
		return strings.Join(answers, "")
	}
	var reply []byte
	err := ns.Do(func() error {
		conn, err := net.Dial("tcp4", to.String())
		if err != nil {
			return err
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(2 * time.Second))
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(query))), query...)); err != nil {
			return err
		}
		reply = make([]byte, 2)
		if _, err := io.ReadFull(conn, reply); err != nil {
			return err
		}
		reply = slices.Grow(reply, int(binary.BigEndian.Uint16(reply)))[:2+binary.BigEndian.Uint16(reply)]
		_, err = io.ReadFull(conn, reply[2:])
		return err
	})
	if err != nil {
		return noReply
	}
	return string(reply)
}

const noReply = "no reply"

// node is the namespace of a lab's node.
type node struct {
	lab  *sim.Lab
	name string
}

func (n node) Do(f func() error) error { return n.lab.Do(n.name, f) }
