package sim_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tracer/sim"
	"tracer/trace"
	"tracer/trace/netstate"
)

// The rules that Docker Engine 20.10.24 installs with one container published on port
// 80, as iptables -S prints them. The order of policies and chains is that of iptables.
var (
	dockerNAT = []string{
		"-P PREROUTING ACCEPT", "-P INPUT ACCEPT", "-P OUTPUT ACCEPT", "-P POSTROUTING ACCEPT",
		"-N DOCKER",
		"-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
		"-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER",
		"-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
		"-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 5000 -j MASQUERADE",
		"-A DOCKER -i docker0 -j RETURN",
		"-A DOCKER ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000",
	}
	dockerFilter = []string{
		"-P INPUT ACCEPT", "-P FORWARD DROP", "-P OUTPUT ACCEPT",
		"-N DOCKER", "-N DOCKER-ISOLATION-STAGE-1", "-N DOCKER-ISOLATION-STAGE-2", "-N DOCKER-USER",
		"-A FORWARD -j DOCKER-USER",
		"-A FORWARD -j DOCKER-ISOLATION-STAGE-1",
		"-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
		"-A FORWARD -o docker0 -j DOCKER",
		"-A FORWARD -i docker0 ! -o docker0 -j ACCEPT",
		"-A FORWARD -i docker0 -o docker0 -j ACCEPT",
		"-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 5000 -j ACCEPT",
		"-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2",
		"-A DOCKER-ISOLATION-STAGE-1 -j RETURN",
		"-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP",
		"-A DOCKER-ISOLATION-STAGE-2 -j RETURN",
		"-A DOCKER-USER -j RETURN",
	}
)

// TestRules: iptables lists exactly the same in the host as on a Docker host, and the
// lab reads the same back.
func TestRules(t *testing.T) {
	lab := build(t, topology(t))
	host := read(t, lab, "host")
	for table, want := range map[string][]string{"nat": dockerNAT, "filter": dockerFilter} {
		if got := list(host.Table(table)); !slices.Equal(got, want) {
			t.Errorf("the lab reads back\n%s", strings.Join(got, "\n"))
		}
	}
	for table, want := range map[string][]string{"nat": dockerNAT, "filter": dockerFilter} {
		got := strings.Split(strings.TrimSpace(output(t, lab, "host", "iptables", "-t", table, "-S")), "\n")
		if !slices.Equal(got, want) {
			t.Errorf("iptables -t %s -S:\n%s", table, strings.Join(got, "\n"))
		}
	}
}

// TestFacts: addresses, names, routes and parameters are those of Docker Engine 20.10,
// according to ip.
func TestFacts(t *testing.T) {
	lab := build(t, topology(t))
	for _, c := range []struct {
		node string
		args []string
		want []string
	}{
		{"host", []string{"-d", "addr", "show", "docker0"}, []string{
			"3: docker0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500", "link/ether 02:42:", "promiscuity 0",
			"inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0", "stp_state 0", "forward_delay 1500", "mcast_snooping 1", "nf_call_iptables 0",
		}},
		{"host", []string{"-d", "link", "show", "type", "veth", "master", "docker0"}, []string{
			"5: vethb6b29d3@if4:", "qdisc noqueue master docker0", "state forwarding", "hairpin off", "promiscuity 1",
		}},
		{"host", []string{"route"}, []string{
			"default via 192.168.52.2 dev ens160", "172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1",
		}},
		{"flask", []string{"addr", "show", "eth0"}, []string{
			"4: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500", "link/ether 02:42:ac:11:00:02 brd ff:ff:ff:ff:ff:ff",
			"inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0",
		}},
		{"flask", []string{"route"}, []string{"default via 172.17.0.1 dev eth0"}},
	} {
		got := output(t, lab, c.node, "ip", c.args...)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("ip %v in %s lacks %q:\n%s", c.args, c.node, want, got)
			}
		}
	}
	if got := output(t, lab, "flask", "ip", "-6", "addr"); got != "" {
		t.Errorf("the container has IPv6 addresses:\n%s", got)
	}
	if got := output(t, lab, "host", "ip", "-4", "addr", "show", "type", "veth", "master", "docker0"); got != "" {
		t.Errorf("the host's end has IPv4 addresses:\n%s", got)
	}
}

func TestSysctls(t *testing.T) {
	lab := build(t, topology(t))
	for _, c := range []struct{ node, key, want string }{
		{"host", "net/ipv4/ip_forward", "1"},
		{"client", "net/ipv4/ip_forward", "0"},
		{"flask", "net/ipv4/ip_forward", "0"},
		{"flask", "net/ipv4/ip_unprivileged_port_start", "0"},
		{"flask", "net/ipv6/conf/eth0/disable_ipv6", "1"},
		{"host", "net/ipv6/conf/docker0/accept_ra", "0"},
		{"host", "net/ipv4/conf/ens160/rp_filter", "0"},
	} {
		var got []byte
		err := lab.Do(c.node, func() (err error) {
			got, err = os.ReadFile("/proc/sys/" + c.key)
			return err
		})
		if err != nil || strings.TrimSpace(string(got)) != c.want {
			t.Errorf("%s in %s: %q, %v", c.key, c.node, got, err)
		}
	}
}

// TestState: the lab reads back what was requested, and neighbours once traffic has been
// sent.
func TestState(t *testing.T) {
	lab := build(t, topology(t))
	if r := lab.Send(t.Context(), sim.Request{From: "client", URL: "http://192.168.52.203/"}); r.String() != "200 Hello" {
		t.Fatal(r)
	}
	host, flask := read(t, lab, "host"), read(t, lab, "flask")
	veth := host.Interface("vethb6b29d3")
	if veth == nil || veth.Master != "docker0" || veth.Kind != "veth" || veth.Index != 5 {
		t.Errorf("veth: %+v", veth)
	}
	if lo := host.Interface("lo"); lo == nil || lo.Kind != "loopback" {
		t.Errorf("lo: %+v", lo)
	}
	if eth0 := flask.Interface("eth0"); eth0 == nil || eth0.MAC.String() != "02:42:ac:11:00:02" {
		t.Errorf("eth0: %+v", eth0)
	}
	if !slices.ContainsFunc(host.Neighbours, func(n trace.Neighbour) bool {
		return n.Address.String() == "172.17.0.2" && n.MAC.String() == "02:42:ac:11:00:02" && n.Interface == "docker0"
	}) {
		t.Errorf("neighbours: %+v", host.Neighbours)
	}
	if docker0 := host.ByIndex(3); docker0 == nil || docker0.Name != "docker0" || host.ByIndex(99) != nil {
		t.Errorf("interface 3: %+v", docker0)
	}
	limit := time.Now().Add(5 * time.Second)
	var err error
	for idle := false; !idle; idle, err = lab.Idle() {
		if err != nil || time.Now().After(limit) {
			t.Fatalf("the connection does not close: %v", err)
		}
	}
}

// read returns the state of a node's namespace.
func read(t testing.TB, lab *sim.Lab, node string) *trace.Node {
	t.Helper()
	var s netstate.Namespace
	if err := lab.Do(node, func() (err error) {
		s, err = netstate.Read()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return &s.Node
}

// list returns a table as iptables -S prints it, where the chains are in that order.
func list(table *trace.Table) (lines []string) {
	if table == nil {
		return nil
	}
	var chains, rules []string
	for _, c := range table.Chains {
		if c.Policy != "" {
			lines = append(lines, "-P "+c.Name+" "+c.Policy)
		} else {
			chains = append(chains, "-N "+c.Name)
		}
		for _, r := range c.Rules {
			rules = append(rules, "-A "+c.Name+" "+r.Text)
		}
	}
	return slices.Concat(lines, chains, rules)
}
