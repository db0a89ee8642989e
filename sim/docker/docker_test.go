package docker

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tracer/sim"
	"tracer/sim/iptables"
)

// host is a topology with one host that has one NIC, before its engine is added:
//
//	client eth0 ──── ens160 host
func host() *sim.Topology {
	return &sim.Topology{
		Nodes: []sim.Node{{Name: "client", Role: sim.RoleClient}, {Name: "host", Role: sim.RoleHost}},
		Links: []sim.Link{{A: sim.Endpoint{Node: "client", Interface: "eth0", Index: 2}, B: sim.Endpoint{Node: "host", Interface: "ens160", Index: 2}}},
	}
}

func publish(t *testing.T, ports ...string) (out []Publish) {
	for _, s := range ports {
		p, err := ParsePublish(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p...)
	}
	return out
}

// specs lists the rules of a table as "CHAIN RULE", in evaluation order.
func specs(n sim.Node, table string) (out []string) {
	rs := n.Rules.(iptables.Ruleset)
	for _, c := range rs.Table(table).Chains {
		for _, r := range c.Rules {
			out = append(out, c.Name+" "+r.String())
		}
	}
	return out
}

func TestInstall(t *testing.T) {
	topo := host()
	e := Engine{
		Version: "20.10", Networks: []Network{DefaultBridge()},
		Containers: []Container{
			{Name: "one", Network: "bridge", Publish: publish(t, "80:5000")},
			{Name: "two", Network: "bridge", Address: netip.MustParseAddr("172.17.0.3")},
			{Name: "three", Network: "bridge"},
		},
	}
	if err := e.Install(topo, "host"); err != nil {
		t.Fatal(err)
	}
	if err := topo.Validate(); err != nil {
		t.Fatal(err)
	}
	n, _ := topo.Node("host")
	if b := n.Bridges[0]; b.Name != "docker0" || b.Index != 3 || !strings.HasPrefix(b.MAC.String(), "02:42:") || b.Addresses[0].String() != "172.17.0.1/16" {
		t.Errorf("bridge: %+v", b)
	}
	for i, want := range []struct {
		container, address, mac string
		index                   int
	}{
		{"one", "172.17.0.2/16", "02:42:ac:11:00:02", 4},
		{"two", "172.17.0.3/16", "02:42:ac:11:00:03", 6},
		{"three", "172.17.0.4/16", "02:42:ac:11:00:04", 8},
	} {
		l := topo.Links[1+i]
		if l.B.Node != want.container || l.B.Addresses[0].String() != want.address || l.B.MAC.String() != want.mac ||
			l.B.Index != want.index || l.A.Index != want.index+1 || l.A.Bridge != "docker0" || len(l.A.Interface) != 11 {
			t.Errorf("%s: %+v", want.container, l)
		}
	}
}

func TestInstallErrors(t *testing.T) {
	small := Network{Name: "small", Bridge: "br-small", Gateway: netip.MustParsePrefix("10.0.0.1/30")}
	for _, c := range []struct {
		engine Engine
		host   string
		want   string
	}{
		{Engine{Version: "1.0"}, "host", `engine "1.0" is not supported; the releases are ["20.10" "28" "29" "29-nftables"]`},
		{Engine{Version: "29-nftables", Options: Options{AcceptMark: &Mark{1, 0xff}}}, "host", "no mask in --bridge-accept-fwmark"},
		{Engine{Version: "29-nftables", Options: Options{NoProxy: true}, Networks: []Network{DefaultBridge()}, Containers: []Container{
			{Name: "web", Network: "bridge", Publish: publish(t, "80:80", "81:80")},
		}}, "host", "port 80/tcp of web cannot be published twice"},
		{Engine{Version: "20.10", Options: Options{DirectRouting: true}}, "host", "has no --allow-direct-routing"},
		{Engine{Version: "20.10"}, "nobody", `there is no node "nobody"`},
		{Engine{Version: "20.10", Containers: []Container{{Name: "x", Network: "lost"}}}, "host", `container x: there is no network "lost"`},
		{Engine{Version: "20.10", Networks: []Network{small}, Containers: []Container{
			{Name: "a", Network: "small"}, {Name: "b", Network: "small"}, {Name: "c", Network: "small"},
		}}, "host", "network small has no free address"},
	} {
		if err := c.engine.Install(host(), c.host); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

// TestOrderOfPorts: several ports of one container are set up in the order of a real Engine
// 20.10.24, whatever the order in which they are published. TestEngine20 measures it.
func TestOrderOfPorts(t *testing.T) {
	for _, c := range orders {
		for _, given := range permutations(c.publish) {
			topo := host()
			e := Engine{Version: "20.10", Networks: []Network{DefaultBridge()}, Containers: []Container{{Name: "w", Network: "bridge", Publish: publish(t, given...)}}}
			if err := e.Install(topo, "host"); err != nil {
				t.Fatal(err)
			}
			n, _ := topo.Node("host")
			if got := published(specs(n, "nat")); !slices.Equal(got, c.want) {
				t.Errorf("%s: %s, want %s", given, got, c.want)
			}
		}
	}
}

// orders are sets of published ports, each with the order that a real engine gives them
// every time.
var orders = []struct{ publish, want []string }{
	{[]string{"80:80", "443:443"}, []string{"443:443", "80:80"}},
	{[]string{"8080:80", "8081:81", "8082:82"}, []string{"8082:82", "8081:81", "8080:80"}},
	{[]string{"53:53", "53:53/udp"}, []string{"53:53", "53:53/udp"}},
	{[]string{"53:53/udp", "80:80"}, []string{"80:80", "53:53/udp"}},
	{[]string{"8000-8003:9000-9003"}, []string{"8003:9003", "8002:9002", "8001:9001", "8000:9000"}},
}

// TestOrderOfBindings: cases in which the order of the options matters, or the engine's
// comparison contradicts itself.
func TestOrderOfBindings(t *testing.T) {
	for _, c := range bindings {
		got := make([]string, 0, len(c.want))
		for _, p := range (Container{Publish: publish(t, c.publish...)}).mappedOrder() {
			got = append(got, p.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %s, want %s", c.publish, got, c.want)
		}
	}
}

// bindings are like orders, but depend on the order of the options. Those that vary were
// measured at least five times in a row.
var bindings = []struct {
	publish, want []string
	always        bool
}{
	{[]string{"127.0.0.1:80:80", "172.17.0.1:80:80"}, []string{"172.17.0.1:80:80", "127.0.0.1:80:80"}, true},
	{[]string{"172.17.0.1:80:80", "127.0.0.1:80:80"}, []string{"127.0.0.1:80:80", "172.17.0.1:80:80"}, true},
	{[]string{"127.0.0.1:53:53/udp", "172.17.0.1:53:53/udp"}, []string{"127.0.0.1:53:53/udp", "172.17.0.1:53:53/udp"}, true},
	{[]string{"172.17.0.1:53:53/udp", "127.0.0.1:53:53/udp"}, []string{"172.17.0.1:53:53/udp", "127.0.0.1:53:53/udp"}, true},
	{[]string{"8080:80", "8081:80"}, []string{"8081:80", "8080:80"}, true},
	{[]string{"8081:80", "8080:80"}, []string{"8080:80", "8081:80"}, true},
	{[]string{"8081:80/udp", "8080:80/udp"}, []string{"8081:80/udp", "8080:80/udp"}, true},
	{[]string{"8080:80/udp", "8081:80/udp"}, []string{"8081:80/udp", "8080:80/udp"}, true},
	{[]string{"127.0.0.1:80:80", "172.17.0.1:80:81"}, []string{"172.17.0.1:80:81", "127.0.0.1:80:80"}, true},
	{[]string{"8080:81", "8081:80"}, []string{"8080:81", "8081:80"}, false},
	{[]string{"8081:80", "8080:81"}, []string{"8080:81", "8081:80"}, false},
	{[]string{"8080:53", "8081:53/udp"}, []string{"8081:53/udp", "8080:53"}, false},
}

// permutations returns a list in all orders.
func permutations(list []string) [][]string {
	if len(list) < 2 {
		return [][]string{list}
	}
	var all [][]string
	for i := range list {
		rest := slices.Delete(slices.Clone(list), i, i+1)
		for _, p := range permutations(rest) {
			all = append(all, append([]string{list[i]}, p...))
		}
	}
	return all
}

// published returns the ports of a table's DNAT rules, in the form of docker run -p.
func published(rules []string) (ports []string) {
	dnat := regexp.MustCompile(`-p (\w+) .*--dport (\d+) -j DNAT --to-destination .*:(\d+)$`)
	for _, r := range rules {
		if m := dnat.FindStringSubmatch(r); m != nil {
			ports = append(ports, strings.TrimSuffix(m[2]+":"+m[3]+"/"+m[1], "/tcp"))
		}
	}
	return ports
}

func TestParsePublish(t *testing.T) {
	for _, s := range []string{"80:5000", "192.168.1.1:80:5000", "[::1]:80:5000", "[2001:db8::1]:80:53/udp", "0.0.0.0:80:80", "80", "53/udp", "127.0.0.1::80", "[::1]::80", "1:65535", "53:53/udp"} {
		if p, err := ParsePublish(s); err != nil || len(p) != 1 || p[0].String() != s {
			t.Errorf("%s: %s, %v", s, p, err)
		}
	}
	if p, err := ParsePublish("10.0.0.1:8000-8002:80-82/tcp"); err != nil || len(p) != 3 || p[2].String() != "10.0.0.1:8002:82" {
		t.Errorf("%s, %v", p, err)
	}
	for s, want := range map[string]string{
		"1:2:3:4":              `"1:2" in "1:2:3:4" is neither an IPv4 address nor`,
		"x:80":                 `"x" in "x:80" is not a port`,
		"0:80":                 `"0" in "0:80" is not a port from 1 to 65535`,
		"80:65536":             `"65536" in "80:65536" is not a port`,
		"host:80:80":           `"host" in "host:80:80" is neither an IPv4 address nor`,
		"80:53/sctp":           `"sctp" in "80:53/sctp" is neither tcp nor udp`,
		"1-3:1-2":              `"1-3:1-2" has ranges of different lengths`,
		"3-1:1-3":              `"3-1" in "3-1:1-3" is not a range of up to 1000 ports`,
		"::1:80:5000":          `"::1" in "::1:80:5000" is neither an IPv4 address nor an IPv6 address in brackets`,
		"[::1:80:80":           `in "[::1:80:80" is neither an IPv4`,
		"[10.0.0.1]:80:80":     `"[10.0.0.1]" in "[10.0.0.1]:80:80" is neither`,
		"[fe80::1%eth0]:80:80": "is neither an IPv4 address nor",
		"[::1]:80":             "is neither HOST:CONTAINER nor",
		"":                     `"" in "" is not a port`,
	} {
		if _, err := ParsePublish(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", s, err)
		}
	}
}
