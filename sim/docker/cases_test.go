package docker

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tracer/sim"
	"tracer/sim/iptables"
	"tracer/sim/nft"
)

// engineCase is what an engine is asked to set up. The file testdata/rules/VERSION/NAME has
// the rules that a real one wrote.
type engineCase struct {
	name       string
	options    Options
	bridge     Network // options of the default bridge
	networks   []Network
	containers []Container
	lacking    []string // the releases that lack it
}

// engine returns the engine of a case.
func (c *engineCase) engine(version string) Engine {
	bridge := DefaultBridge()
	bridge.NoICC, bridge.NoMasquerade = c.bridge.NoICC, c.bridge.NoMasquerade
	return Engine{Version: version, Options: c.options, Networks: append([]Network{bridge}, c.networks...), Containers: c.containers}
}

// nftables is the release that writes rules of nftables.
const nftables = "29-nftables"

// engineCases are the cases for a release. Containers get the addresses of a new engine. Those
// with IPv6 networks come last, because they make the host forward IPv6 from then on.
func engineCases(t *testing.T, version string) []engineCase {
	neta, netb := bridgeNetwork("neta", "172.28.0.1/16"), bridgeNetwork("netb", "172.29.0.1/16")
	alter := func(n Network, f func(*Network)) Network { f(&n); return n }
	on := func(network, name string, ports ...string) Container {
		return Container{Name: name, Network: network, Publish: publish(t, ports...)}
	}
	web := on("bridge", "web", "80:5000")
	hairpin := Options{NoProxy: true}
	two := []Container{on("bridge", "zero", "8080:80"), on("neta", "one", "8081:80"), on("netb", "two", "8082:80")}
	internal := alter(neta, func(n *Network) { n.Internal = true })
	routed := alter(neta, func(n *Network) { n.Mode = Routed })
	all := []engineCase{
		{name: "empty"},
		{name: "one", containers: []Container{web}},
		{name: "unpublished", containers: []Container{on("bridge", "web")}},
		{name: "bound", containers: []Container{on("bridge", "web", "192.168.1.1:80:80")}},
		{name: "any-address", containers: []Container{on("bridge", "web", "0.0.0.0:80:5000", "[::]:81:5001")}},
		{name: "bound-ipv6", containers: []Container{on("bridge", "web", "[2001:db8::1]:80:80", "[::1]:8081:5000")}},
		{name: "loopback", containers: []Container{on("bridge", "web", "127.0.0.1:8081:5000")}},
		{name: "networks", networks: []Network{neta, netb}, containers: two},
		{name: "internal", networks: []Network{internal, netb}, containers: []Container{on("neta", "one", "8081:80"), web}},
		{name: "internal-no-icc", networks: []Network{alter(internal, func(n *Network) { n.NoICC = true })}},
		{name: "no-icc", networks: []Network{alter(neta, func(n *Network) { n.NoICC = true }), netb}, containers: two},
		{name: "no-masquerade", networks: []Network{alter(neta, func(n *Network) { n.NoMasquerade = true })}, containers: two[:2]},
		{name: "mtu", networks: []Network{alter(neta, func(n *Network) { n.MTU = 1400 }), alter(netb, func(n *Network) { n.MTU = 9000 })}, containers: two[:2]},
		{name: "gateway", networks: []Network{bridgeNetwork("neta", "172.28.0.254/24"), bridgeNetwork("netb", "172.29.0.2/29")}, containers: []Container{
			on("neta", "one", "8081:80"), on("netb", "two"), on("netb", "three"),
		}},
		{name: "ports", containers: []Container{
			on("bridge", "first", "80:80", "443:443", "127.0.0.1:53:53/udp"), on("bridge", "second", "8000-8003:9000-9003"),
			on("bridge", "third", "9053:53", "9053:53/udp", "8080:40", "8081:40"),
			on("bridge", "fourth", "192.168.1.1:90:89", "127.0.0.1:90:90", "8091:90", "8090:90"), // no contradiction: see mappedOrder
		}},
		{name: "ephemeral", containers: []Container{on("bridge", "web", "80", "8081:81", "79", "53/udp"), on("bridge", "next", "90", "127.0.0.1::91", "80")}, lacking: []string{"20.10"}},
		{name: "ephemeral-20.10", containers: []Container{on("bridge", "web", "80", "8081:81", "79", "53/udp"), on("bridge", "next", "90", "80")}, lacking: Versions()[1:]},
		{name: "attached", networks: []Network{neta, closedNetwork(), netb}, containers: []Container{
			{Name: "web", Network: "netb", Also: []Attachment{{Network: "neta"}, {Network: "inside"}}, Publish: publish(t, "80:5000")}, on("neta", "next", "81:80"),
		}},
		{name: "routed", networks: []Network{routed, netb}, containers: two, lacking: []string{"20.10"}},
		{name: "routed-attached", networks: []Network{routed}, containers: []Container{
			{Name: "web", Network: "bridge", Also: []Attachment{{Network: "neta"}}, Publish: publish(t, "80:80")},
		}, lacking: []string{"20.10"}},
		{name: "unprotected", networks: []Network{alter(neta, func(n *Network) { n.Mode = NATUnprotected })}, containers: two[:2], lacking: []string{"20.10"}},
		{name: "trusted", networks: []Network{alter(neta, func(n *Network) { n.Trusted = []string{"lo", "docker0"} })}, containers: two[:2], lacking: []string{"20.10"}},

		{name: "no-proxy", options: hairpin, containers: []Container{web}},
		{name: "no-proxy-networks", options: hairpin, networks: []Network{neta, closedNetwork(), netb}, containers: append(slices.Clone(two), on("inside", "db", "90:90"))},
		{name: "no-proxy-loopback", options: hairpin, containers: []Container{on("bridge", "web", "127.0.0.1:8081:5000")}},
		{name: "no-proxy-routed", options: hairpin, networks: []Network{routed}, containers: two[:2], lacking: []string{"20.10"}},
		{name: "no-iptables", options: Options{NoIPTables: true}, networks: []Network{neta}, containers: two[:2]},
		{name: "default-no-icc", bridge: Network{NoICC: true, NoMasquerade: true}, networks: []Network{neta}, containers: two[:2]},
		{name: "no-drop", options: Options{NoForwardDrop: true}, containers: []Container{web}, lacking: []string{"20.10"}},
		{name: "direct", options: Options{DirectRouting: true}, networks: []Network{alter(neta, func(n *Network) { n.Trusted = []string{"lo"} })}, containers: []Container{on("bridge", "zero", "127.0.0.1:8080:80"), on("neta", "one", "8081:80")}, lacking: []string{"20.10"}},
		{name: "mark", options: Options{AcceptMark: &Mark{1, 0xffffffff}}, networks: []Network{neta}, containers: two[:2], lacking: []string{"20.10", "28"}},
	}
	all = append(all, dualStackCases(t)...)
	return slices.DeleteFunc(all, func(c engineCase) bool { return slices.Contains(c.lacking, version) })
}

// dualStackCases are those of networks that have IPv6, too.
func dualStackCases(t *testing.T) []engineCase {
	six, other := dualStack(bridgeNetwork("six", "172.28.0.1/16")), dualStack(bridgeNetwork("other", "172.29.0.1/16"))
	alter := func(n Network, f func(*Network)) Network { f(&n); return n }
	on := func(network, name string, ports ...string) Container {
		return Container{Name: name, Network: network, Publish: publish(t, ports...)}
	}
	internal := alter(other, func(n *Network) { n.Internal = true })
	two := []Container{on("bridge", "zero", "8080:80"), on("six", "one", "8081:80"), on("other", "two", "8082:80", "[::]:8083:81")}
	since28 := []string{"20.10"}
	return []engineCase{
		{name: "ipv6", networks: []Network{six}, containers: []Container{on("six", "web", "80:5000")}},
		{name: "ipv6-networks", networks: []Network{six, other}, containers: two},
		{name: "ipv6-ports", networks: []Network{six}, containers: []Container{
			on("six", "web", "[::1]:8080:80", "[2001:db8::1]:8080:80", "127.0.0.1:8081:80", "0.0.0.0:8082:80", "[::]:8082:82", "53:53/udp"), on("six", "unpublished"),
		}},
		{name: "ipv6-internal", networks: []Network{six, internal}, containers: two},
		{name: "ipv6-no-icc", networks: []Network{alter(six, func(n *Network) { n.NoICC = true }), alter(internal, func(n *Network) { n.NoICC = true })}, containers: two[:2]},
		{name: "ipv6-no-masquerade", networks: []Network{alter(six, func(n *Network) { n.NoMasquerade = true })}, containers: two[:2]},
		{name: "ipv6-attached", networks: []Network{bridgeNetwork("alone", "172.30.0.1/16"), six}, containers: []Container{
			{Name: "web", Network: "alone", Also: []Attachment{{Network: "six"}}, Publish: publish(t, "80:5000")},
		}},
		{name: "ipv6-routed", networks: []Network{alter(six, func(n *Network) { n.Mode6 = Routed }), alter(other, func(n *Network) { n.Mode, n.Mode6 = Routed, Routed })}, containers: two, lacking: since28},
		{name: "ipv6-routed-attached", networks: []Network{six, alter(other, func(n *Network) { n.Mode, n.Mode6 = Routed, Routed })}, containers: []Container{
			{Name: "web", Network: "six", Also: []Attachment{{Network: "other"}}, Publish: publish(t, "80:80", "[::1]:81:81")},
		}, lacking: since28},
		{name: "ipv4-routed", networks: []Network{alter(six, func(n *Network) { n.Mode = Routed })}, containers: two[:2], lacking: since28},
		{name: "ipv6-unprotected", networks: []Network{alter(six, func(n *Network) { n.Mode6 = NATUnprotected })}, containers: two[:2], lacking: since28},
		{name: "ipv6-trusted", networks: []Network{alter(six, func(n *Network) { n.Trusted = []string{"lo", "docker0"} })}, containers: two[:2], lacking: since28},

		{name: "ipv6-no-proxy", options: Options{NoProxy: true}, networks: []Network{six, internal}, containers: two},
		{name: "ipv6-no-proxy-bound", options: Options{NoProxy: true}, networks: []Network{six}, containers: []Container{
			on("six", "web", "[::1]:8080:80", "[2001:db8::1]:8080:81"), on("bridge", "plain", "[::1]:8081:80"),
		}},
		{name: "ipv6-no-iptables", options: Options{NoIPTables: true}, networks: []Network{six}, containers: two[:2]},
		{name: "ipv6-no-drop", options: Options{NoForwardDrop: true}, networks: []Network{six}, containers: two[:2], lacking: since28},
		{name: "ipv6-direct", options: Options{DirectRouting: true}, networks: []Network{six}, containers: two[:2], lacking: since28},
		{name: "ipv6-mark", options: Options{AcceptMark: &Mark{1, 0xffffffff}}, networks: []Network{six}, containers: two[:2], lacking: []string{"20.10", "28"}},
	}
}

// dualStack adds IPv6 to a network: to 172.28.0.1/16, fd00:28::1/64.
func dualStack(n Network) Network {
	n.Gateway6 = netip.MustParsePrefix(fmt.Sprintf("fd00:%d::1/64", n.Gateway.Addr().As4()[1]))
	return n
}

func bridgeNetwork(name, gateway string) Network {
	return Network{Name: name, Bridge: "br-" + name, Gateway: netip.MustParsePrefix(gateway)}
}

func closedNetwork() Network {
	n := bridgeNetwork("inside", "172.30.0.1/16")
	n.Internal = true
	return n
}

// TestRules: for each release and case, the rules are those that a real engine wrote.
func TestRules(t *testing.T) {
	for _, version := range Versions() {
		for _, c := range engineCases(t, version) {
			topo := host()
			if err := c.engine(version).Install(topo, "host"); err != nil {
				t.Errorf("%s %s: %v", version, c.name, err)
				continue
			}
			if err := topo.Validate(); err != nil {
				t.Errorf("%s %s: %v", version, c.name, err)
			}
			n, _ := topo.Node("host")
			if got, want := saved(n), c.golden(t, version); got != want {
				t.Errorf("%s %s:\n%s\na real engine wrote\n%s", version, c.name, got, want)
			}
		}
	}
}

// file is where a case's rules are kept.
func (c *engineCase) file(version string) string {
	return filepath.Join("testdata", "rules", version, c.name)
}

func (c *engineCase) golden(t *testing.T, version string) string {
	t.Helper()
	text, err := os.ReadFile(c.file(version))
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// saved returns a node's rules as [canonical] does.
func saved(n sim.Node) string {
	if tables, is := n.Nftables.(nft.Ruleset); is {
		return tables.String()
	}
	rs, _ := n.Rules.(iptables.Ruleset) // nil: none
	return both(listed(rs, iptables.IPv4), listed(rs, iptables.IPv6))
}

// listed returns the tables of a family as iptables-save prints them.
func listed(rs iptables.Ruleset, f iptables.Family) string {
	var b strings.Builder
	for _, t := range rs.Tables {
		if t.Family != f {
			continue
		}
		b.WriteString("*" + t.Name + "\n")
		for _, line := range t.List() {
			words := strings.Fields(line)
			switch words[0] {
			case "-P":
				line = ":" + words[1] + " " + words[2]
			case "-N":
				line = ":" + words[1] + " -"
			}
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// both returns what iptables-save and ip6tables-save printed as [canonical] does.
func both(four, six string) string {
	four, six = canonical(four), canonical(six)
	if six != "" {
		six = "ip6tables\n" + six
	}
	return four + six
}

var counters = regexp.MustCompile(` \[\d+:\d+\]$`)

// canonical returns what iptables-save printed, without comments, counters and tables
// without rules, and with the tables and chains sorted. The order of a chain's rules remains.
func canonical(text string) string {
	tables := map[string][]string{}
	table := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#' || line == "COMMIT":
		case line[0] == '*':
			table = line
			tables[table] = nil
		default:
			tables[table] = append(tables[table], counters.ReplaceAllString(line, ""))
		}
	}
	var b strings.Builder
	for _, table := range slices.Sorted(maps.Keys(tables)) {
		lines := tables[table]
		if !slices.ContainsFunc(lines, func(line string) bool { return line[0] == '-' }) {
			continue // what was in it has been removed
		}
		chain := func(line string) string {
			words := strings.Fields(line)
			if words[0] == "-A" {
				return "B" + words[1]
			}
			return "A" + words[0]
		}
		slices.SortStableFunc(lines, func(a, b string) int { return strings.Compare(chain(a), chain(b)) })
		b.WriteString(table + "\n" + strings.Join(lines, "\n") + "\n")
	}
	return b.String()
}
