package sim_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/sim/confine"
	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/netstate"
)

// topology is flask-demo's.
func topology(t testing.TB) sim.Topology {
	t.Helper()
	s, err := scenarios.Load("flask-demo")
	if err != nil {
		t.Fatal(err)
	}
	return s.Topology
}

func build(t testing.TB, topo sim.Topology) *sim.Lab {
	t.Helper()
	lab, err := sim.Build(t.Context(), topo, sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	})
	return lab
}

// read returns what a node's namespace looks like.
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

// list returns a table as iptables -S prints it, where the chains are in its order.
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

// peer runs a program in a node's namespace and returns what it prints.
func peer(t testing.TB, lab *sim.Lab, node, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("TRACER_REQUIRE_PEERS") != "" {
			t.Fatalf("no %s to compare with: %v", program, err)
		}
		t.Skipf("no %s to compare with: %v", program, err)
	}
	var out []byte
	err = lab.Do(node, func() (err error) {
		out, err = exec.Command(path, args...).Output() // a child of this thread, in its namespace
		return err
	})
	if err != nil {
		t.Fatalf("%s %v in %s: %v", program, args, node, err)
	}
	return string(out)
}

// What a Docker Engine 20.10.24 with one container published on port 80
// installs, as iptables -S prints it. The order of policies and chains is
// iptables'.
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

// TestRules: iptables lists in the host exactly what it lists on a Docker host,
// and the lab reads the same back.
func TestRules(t *testing.T) {
	lab := build(t, topology(t))
	host := read(t, lab, "host")
	for table, want := range map[string][]string{"nat": dockerNAT, "filter": dockerFilter} {
		if got := list(host.Table(table)); !slices.Equal(got, want) {
			t.Errorf("the lab reads back\n%s", strings.Join(got, "\n"))
		}
	}
	for table, want := range map[string][]string{"nat": dockerNAT, "filter": dockerFilter} {
		got := strings.Split(strings.TrimSpace(peer(t, lab, "host", "iptables", "-t", table, "-S")), "\n")
		if !slices.Equal(got, want) {
			t.Errorf("iptables -t %s -S:\n%s", table, strings.Join(got, "\n"))
		}
	}
}

// TestFacts: addresses, names, routes and parameters are what a Docker Engine
// 20.10 gives, judged by ip.
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
		got := peer(t, lab, c.node, "ip", c.args...)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("ip %v in %s lacks %q:\n%s", c.args, c.node, want, got)
			}
		}
	}
	if got := peer(t, lab, "flask", "ip", "-6", "addr"); got != "" {
		t.Errorf("the container has IPv6 addresses:\n%s", got)
	}
	if got := peer(t, lab, "host", "ip", "-4", "addr", "show", "type", "veth", "master", "docker0"); got != "" {
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

// TestState: what the lab reads back is what was asked for, neighbours included
// once somebody has talked.
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

func TestSend(t *testing.T) {
	lab := build(t, topology(t))
	for _, c := range []struct{ from, url, want string }{
		{"client", "http://192.168.52.203/", "200 Hello"},
		{"host", "http://172.17.0.2:5000/", "200 Hello"},
		{"host", "http://192.168.52.203/", "200 Hello"},
		{"client", "http://192.168.52.203:81/", "connection refused"},
		{"nobody", "http://192.168.52.203/", "there is no such node"},
		{"client", "http://%zz/", "invalid URL"},
	} {
		if got := lab.Send(t.Context(), sim.Request{From: c.from, URL: c.url}).String(); !strings.Contains(got, c.want) {
			t.Errorf("%s from %s: %q", c.url, c.from, got)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r := lab.Send(ctx, sim.Request{From: "client", URL: "http://192.168.52.99/"})
	if !errors.Is(r.Err, sim.ErrNoAnswer) {
		t.Errorf("nobody is there: %v", r.Err)
	}
}

// TestPlainFrames: a long answer comes in frames that fit the wire.
func TestPlainFrames(t *testing.T) {
	topo := topology(t)
	for i := range topo.Nodes {
		if topo.Nodes[i].Name == "flask" {
			topo.Nodes[i].Services[0].Body = strings.Repeat("x", 300_000)
		}
	}
	lab := build(t, topo)
	if r := lab.Send(t.Context(), sim.Request{From: "client", URL: "http://192.168.52.203/"}); len(r.Body) != 300_000 {
		t.Fatal(r.Err, len(r.Body))
	}
	for node, dev := range map[string]string{"client": "eth0", "host": "docker0", "flask": "eth0"} {
		got := peer(t, lab, node, "ip", "-s", "link", "show", dev)
		f := strings.Fields(got[strings.Index(got, "RX:"):])
		// RX: bytes packets … then the numbers.
		i := slices.IndexFunc(f, func(s string) bool { return s[0] >= '0' && s[0] <= '9' })
		if i < 0 {
			t.Fatal(got)
		}
		if node == "client" && len(f[i+1]) < 3 {
			t.Errorf("300 kB came in %s frames", f[i+1])
		}
	}
}

func TestBuildFails(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sim.Build(ctx, topology(t), sim.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	broken := errors.New("broken")
	if _, err := sim.Build(t.Context(), topology(t), sim.Options{Prepare: func(n sim.Node) error {
		if n.Name == "host" {
			return broken
		}
		return nil
	}}); !errors.Is(err, broken) {
		t.Errorf("a failing Prepare: %v", err)
	}
	wrong := topology(t)
	wrong.Links[0].A.MTU = 5
	if _, err := sim.Build(t.Context(), wrong, sim.Options{}); !errors.Is(err, sim.ErrInvalid) {
		t.Errorf("an invalid topology: %v", err)
	}
}

// TestBridgeWithoutPorts: an engine that runs nothing has a bridge, which never carries a
// frame. The rest of the network works.
func TestBridgeWithoutPorts(t *testing.T) {
	topo := topology(t)
	for i := range topo.Nodes {
		if n := &topo.Nodes[i]; n.Name == "host" {
			n.Bridges = append(n.Bridges, sim.Bridge{Name: "br-idle", Index: 90, Addresses: []netip.Prefix{netip.MustParsePrefix("172.30.0.1/16")}})
		}
	}
	lab := build(t, topo)
	if got := lab.Send(t.Context(), sim.Request{From: "client", URL: "http://192.168.52.203/"}).String(); got != "200 Hello" {
		t.Errorf("%q", got)
	}
}

// TestTwoLabs: labs on the same addresses do not meet.
func TestTwoLabs(t *testing.T) {
	one, two := topology(t), topology(t)
	for i := range two.Nodes {
		if two.Nodes[i].Name == "flask" {
			two.Nodes[i].Services[0].Body = "the other"
		}
	}
	a, b := build(t, one), build(t, two)
	for _, c := range []struct {
		lab  *sim.Lab
		want string
	}{{a, "200 Hello"}, {b, "200 the other"}} {
		if got := c.lab.Send(t.Context(), sim.Request{From: "client", URL: "http://192.168.52.203/"}).String(); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if got := b.Send(t.Context(), sim.Request{From: "client", URL: "http://192.168.52.203/"}).String(); got != "200 the other" {
		t.Errorf("after the other lab was closed: %q", got)
	}
}

// serve is the program of TestProgram. It has a child that would outlive it.
func serve() {
	if err := exec.Command(os.Args[0], os.Args[1], "hang").Start(); err != nil {
		panic(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "from the program") })
	panic(http.ListenAndServe(":5000", nil))
}

func withProgram(t *testing.T, what string) sim.Topology {
	topo := topology(t)
	directory, command := labtest.Program(t, what)
	for i := range topo.Nodes {
		if topo.Nodes[i].Name == "flask" {
			topo.Nodes[i].Services = []sim.Service{{Port: 5000, Exec: command, Dir: directory}}
		}
	}
	return topo
}

// TestProgram: a scenario's program serves the container's port, and dies with the
// lab, and so does what it started.
func TestProgram(t *testing.T) {
	if !labtest.Confined(t) {
		return
	}
	lab := build(t, withProgram(t, "listen"))
	if got := lab.Send(t.Context(), sim.Request{From: "client", URL: "http://192.168.52.203/"}).String(); got != "200 from the program" {
		t.Errorf("%q", got)
	}
	running := func() int { return labtest.Running(t, "listen") + labtest.Running(t, "hang") }
	if n := running(); n != 2 {
		t.Errorf("%d processes, not the program and its child", n)
	}
	if err := lab.Close(); err != nil {
		t.Error(err)
	}
	for limit := time.Now().Add(5 * time.Second); running() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("%d processes are left", running())
		}
	}
}

// Without being confined, a lab runs no program.
func TestProgramUnconfined(t *testing.T) {
	if confine.Confined() {
		t.Skip("this process is confined")
	}
	if _, err := sim.Build(t.Context(), withProgram(t, "listen"), sim.Options{}); !errors.Is(err, sim.ErrPrivilege) {
		t.Errorf("%v", err)
	}
}

func TestProgramFails(t *testing.T) {
	if !labtest.Confined(t) {
		return
	}
	_, err := sim.Build(t.Context(), withProgram(t, "exit"), sim.Options{})
	if err == nil || !strings.Contains(err.Error(), "exit status 3 before it listened on port 5000; it printed: no configuration found") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err = sim.Build(ctx, withProgram(t, "hang"), sim.Options{})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "before it listened on port 5000") {
		t.Errorf("%v", err)
	}
	topo := withProgram(t, "exit")
	for i := range topo.Nodes {
		if topo.Nodes[i].Name == "flask" {
			topo.Nodes[i].Services[0].Exec = []string{"/no/such/program"}
		}
	}
	if _, err := sim.Build(t.Context(), topo, sim.Options{}); err == nil || !strings.Contains(err.Error(), "/no/such/program") || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("%v", err)
	}
}

// TestHarmless: the machine's own network is the same before, during and after.
func TestHarmless(t *testing.T) {
	own := func() string {
		var b strings.Builder
		for _, f := range []string{
			"/proc/net/dev_mcast", "/proc/net/route", "/proc/net/ipv6_route", "/proc/net/fib_trie", "/proc/self/mountinfo",
			"/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv4/conf/all/rp_filter", "/proc/sys/net/ipv4/conf/default/rp_filter",
		} {
			text, err := os.ReadFile(f)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			b.Write(text)
		}
		names, err := os.ReadDir("/sys/class/net")
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			b.WriteString(n.Name() + "\n")
		}
		for _, dir := range []string{"/run/netns", os.TempDir()} {
			if entries, err := os.ReadDir(dir); err == nil && dir == "/run/netns" {
				for _, e := range entries {
					b.WriteString(e.Name() + "\n")
				}
			}
		}
		return b.String()
	}
	before := own()
	lab := build(t, topology(t))
	if got := own(); got != before {
		t.Errorf("while the lab is there:\n%s\nbefore:\n%s", got, before)
	}
	lab.Send(t.Context(), sim.Request{From: "client", URL: "http://192.168.52.203/"})
	if err := lab.Close(); err != nil {
		t.Error(err)
	}
	if got := own(); got != before {
		t.Errorf("after the lab:\n%s\nbefore:\n%s", got, before)
	}
}

func BenchmarkBuild(b *testing.B) {
	topo := topology(b)
	for b.Loop() {
		lab, err := sim.Build(b.Context(), topo, sim.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := lab.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
