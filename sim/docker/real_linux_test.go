package docker

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tracer/sim"
	"tracer/sim/labtest"
	"tracer/sim/labtest/dockerd"
)

var update = flag.Bool("update", false, "write what the real engines do to testdata/rules")

// TestEngine20: Debian's engine does what the model does: see [judge].
func TestEngine20(t *testing.T) { judge(t, dockerd.Debian(t)) }

// TestEngineBuilt: so does the engine that the environment names.
func TestEngineBuilt(t *testing.T) { judge(t, dockerd.Built(t)) }

// TestEngineNFT: so does that engine with its other backend.
func TestEngineNFT(t *testing.T) { judge(t, dockerd.BuiltNFT(t)) }

// realEngine is a real engine that gets what the model gets.
type realEngine struct{ *dockerd.Daemon }

func start(t *testing.T, p dockerd.Program, flags ...string) *realEngine {
	t.Helper()
	return &realEngine{p.Start(t, flags...)}
}

// judge compares an engine with the model: for every case the rules, and the same rules in a
// lab; and what is published answers in the lab wherever it answers there.
func judge(t *testing.T, p dockerd.Program) {
	byFlags := map[string][]engineCase{}
	for _, c := range engineCases(t, p.Version) {
		key := strings.Join(c.flags(), " ")
		byFlags[key] = append(byFlags[key], c)
	}
	for flags, cases := range byFlags {
		t.Run(strings.TrimSpace("engine "+flags), func(t *testing.T) {
			t.Parallel() // an engine waits most of the time
			real := start(t, p, strings.Fields(flags)...)
			real.Load(t)
			for _, c := range cases {
				real.judge(t, c)
			}
			testPages(t, real, cases[0])
			if slices.Contains(strings.Fields(flags), "--userland-proxy=false") {
				testTwice(t, real)
			}
			if flags == "" {
				testRelay(t, real)
				testOrders(t, real)
			}
		})
	}
}

// flags returns the options of dockerd.
func (c *engineCase) flags() (list []string) {
	for _, f := range []struct {
		set  bool
		flag string
	}{
		{c.options.NoProxy, "--userland-proxy=false"}, {c.options.NoIPTables, "--iptables=false"},
		{c.options.NoForwardDrop, "--ip-forward-no-drop"}, {c.options.DirectRouting, "--allow-direct-routing"}, {c.options.AcceptMark != nil, "--bridge-accept-fwmark=1"},
		{c.bridge.NoICC, "--icc=false"}, {c.bridge.NoMasquerade, "--ip-masq=false"},
	} {
		if f.set {
			list = append(list, f.flag)
		}
	}
	return list
}

// judge compares a case.
func (e *realEngine) judge(t *testing.T, c engineCase) {
	t.Helper()
	rules := e.setUp(t, c)
	if *update {
		if err := errors.Join(os.MkdirAll(filepath.Dir(c.file(e.Version)), 0o755), os.WriteFile(c.file(e.Version), []byte(rules), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if want := c.golden(t, e.Version); rules != want {
		t.Errorf("%s: the engine wrote\n%s\nand testdata has\n%s", c.name, rules, want)
	}
	e.compare(t, c, rules)
	e.takeDown(t, c)
}

// testTwice publishes a port twice.
func testTwice(t *testing.T, real *realEngine) {
	t.Helper()
	c := engineCase{options: Options{NoProxy: true}, containers: []Container{{Name: "twice", Network: "bridge", Publish: publish(t, "8080:80", "8081:80")}}}
	model := c.engine(real.Version).Install(host(), "host")
	_, err := real.Docker(nil, "run", "-d", "--name", "twice", "-p", "8080:80", "-p", "8081:80", "echo")
	if (err == nil) != (model == nil) {
		t.Errorf("a port that is published twice: %v, and the model: %v", err, model)
	}
	real.Must(t, "rm", "-f", "twice")
}

// setUp creates a case's networks and containers, and returns the rules.
func (e *realEngine) setUp(t *testing.T, c engineCase) string {
	t.Helper()
	labtest.Do(t, e.Namespace, addHostAddress)
	for _, n := range c.networks {
		e.create(t, n)
	}
	for _, one := range c.containers {
		e.run(t, one)
	}
	return e.save(t, e.Namespace.Do)
}

func (e *realEngine) takeDown(t *testing.T, c engineCase) {
	t.Helper()
	for _, one := range c.containers {
		e.Must(t, "rm", "-f", one.Name)
	}
	for _, n := range c.networks {
		e.Must(t, "network", "rm", n.Name)
	}
}

// compare builds the case as a lab. Its rules, parameters and devices are those of the
// engine.
func (e *realEngine) compare(t *testing.T, c engineCase, rules string) {
	t.Helper()
	topo := host()
	topo.Links[0].B.Addresses = []netip.Prefix{netip.MustParsePrefix("2001:db8:1::1/64")} // it is why the engine listens at IPv6 addresses
	if err := c.engine(e.Version).Install(topo, "host"); err != nil {
		t.Fatal(err)
	}
	lab, err := sim.Build(t.Context(), *topo, sim.Options{Prepare: func(n sim.Node) error {
		if n.Name == "host" {
			return addHostAddress()
		}
		return nil
	}})
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	defer lab.Close()
	if got := e.save(t, func(f func() error) error { return lab.Do("host", f) }); got != rules {
		t.Errorf("%s: the rules in the lab are\n%s\nand in the real engine's namespace\n%s", c.name, got, rules)
	}
	hostFacts := facts + "for b in " + bridgeNames(topo) + "; do " + bridgeFacts + "; done"
	got, want := shell(t, func(f func() error) error { return lab.Do("host", f) }, nil, hostFacts), shell(t, e.Namespace.Do, nil, hostFacts)
	if got != want {
		t.Errorf("%s: the host has\n%s\nand the real one\n%s", c.name, got, want)
	}
	for _, one := range c.containers {
		e.comparePorts(t, c, one.Name)
		inside := []string{"nsenter", "--net=" + string(e.Sandbox(t, one.Name))}
		got := e.comparable(shell(t, func(f func() error) error { return lab.Do(one.Name, f) }, nil, containerFacts))
		if want := e.comparable(shell(t, e.Namespace.Do, inside, containerFacts)); got != want {
			t.Errorf("%s: container %s has\n%s\nand the real one\n%s", c.name, one.Name, got, want)
		}
	}
}

// comparePorts compares a container's published ports with those that docker inspect prints.
func (e *realEngine) comparePorts(t *testing.T, c engineCase, name string) {
	t.Helper()
	model, err := c.engine(e.Version).Addressed()
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, p := range model.Published(name, true) {
		got = append(got, p.key()+" "+netip.AddrPortFrom(p.Address, p.Host).String())
	}
	var ports map[string][]struct{ HostIp, HostPort string }
	decode(t, e.Must(t, "inspect", "-f", "{{json .NetworkSettings.Ports}}", name), &ports)
	for key, hosts := range ports {
		for _, h := range hosts {
			if h.HostPort != "" { // in a routed network
				want = append(want, key+" "+net.JoinHostPort(h.HostIp, h.HostPort))
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: container %s publishes %s, and the real one %s", c.name, name, got, want)
	}
}

// comparable removes from what a shell printed the indexes that depend on the containers
// before.
func (e *realEngine) comparable(text string) string {
	if r, err := findRelease(e.Version); err == nil && !r.has(movedPeer) {
		return text
	}
	return regexp.MustCompile(`(?m)^\d+: eth`).ReplaceAllString(text, "eth")
}

// What shells print about a namespace.
const (
	facts = `grep . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding /proc/sys/net/ipv6/conf/default/forwarding /proc/sys/net/bridge/bridge-nf-call-iptables
ss -Hlntu | awk '{print $1, $5}' | sort -u
bridge -d link | grep -o "hairpin [a-z]*" | sort | uniq -c
`
	bridgeFacts    = `grep . /proc/sys/net/ipv6/conf/$b/accept_ra /proc/sys/net/ipv4/conf/$b/route_localnet; ip -o link show $b | grep -o "mtu [0-9]*"; ip -o address show $b | grep -oE "inet [^ ]*|inet6 (fe80::1/|f[cd])[^ ]*"`
	containerFacts = `ip route
ip -6 route | grep -oE "^(default|fd).*"
ip -o link | grep -oE "^[0-9]+: [a-z0-9]+|mtu [0-9]+|UP"
ip -o link show eth0 | grep -o "ether 02:42:ac"
ip -o address | grep -oE "inet [^ ]*|inet6 f[cd][^ ]*"
grep . /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/*/disable_ipv6`
)

func bridgeNames(t *sim.Topology) string {
	var names []string
	n, _ := t.Node("host")
	for _, b := range n.Bridges {
		names = append(names, b.Name)
	}
	return strings.Join(names, " ")
}

// save returns the rules in a namespace, in a form that does not depend on what was counted
// and what was there before.
func (e *realEngine) save(t *testing.T, do func(func() error) error) string {
	t.Helper()
	if e.Version == nftables {
		return shell(t, do, nil, labtest.Peer(t, "nft")+" -s list ruleset")
	}
	return both(save(t, do), shell(t, do, nil, labtest.Peer(t, "ip6tables-save")))
}

// save runs iptables-save in a namespace.
func save(t *testing.T, do func(func() error) error) string {
	t.Helper()
	return shell(t, do, nil, labtest.Peer(t, "iptables-save"))
}

// shell runs a script in a namespace, behind other words.
func shell(t *testing.T, do func(func() error) error, before []string, script string) string {
	t.Helper()
	var out []byte
	args := append(before, "sh", "-c", script+"; true")
	err := do(func() (err error) {
		out, err = exec.Command(args[0], args[1:]...).Output()
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return string(out)
}

// addHostAddress gives the loopback the addresses at which cases publish ports.
func addHostAddress() error {
	for _, a := range []string{"192.168.1.1/32", "2001:db8::1/128"} {
		if err := exec.Command("ip", "address", "replace", a, "dev", "lo").Run(); err != nil {
			return fmt.Errorf("add address: %w", err)
		}
	}
	return nil
}

// create creates a network.
func (e *realEngine) create(t *testing.T, n Network) {
	t.Helper()
	const bridge = "com.docker.network.bridge."
	args := []string{
		"network", "create", "--subnet", n.Gateway.Masked().String(), "--gateway", n.Gateway.Addr().String(), "-o", bridge + "name=" + n.Bridge,
	}
	for _, o := range []struct {
		set    bool
		option string
	}{
		{n.NoICC, bridge + "enable_icc=false"}, {n.NoMasquerade, bridge + "enable_ip_masquerade=false"},
		{n.Mode != NAT, bridge + "gateway_mode_ipv4=" + n.Mode.String()},
		{n.Mode6 != NAT, bridge + "gateway_mode_ipv6=" + n.Mode6.String()},
		{n.MTU != 0, "com.docker.network.driver.mtu=" + strconv.Itoa(n.MTU)},
		{n.Trusted != nil, bridge + "trusted_host_interfaces=" + strings.Join(n.Trusted, ":")},
	} {
		if o.set {
			args = append(args, "-o", o.option)
		}
	}
	if n.Gateway6.IsValid() {
		args = append(args, "--ipv6", "--subnet", n.Gateway6.Masked().String(), "--gateway", n.Gateway6.Addr().String())
		if e.Version == nftables { // with this backend, dockerd does not turn it on
			shell(t, e.Namespace.Do, nil, "sysctl -qw net.ipv6.conf.default.forwarding=1 net.ipv6.conf.all.forwarding=1")
		}
	}
	if n.Internal {
		args = append(args, "--internal")
	}
	e.Must(t, append(args, n.Name)...)
}

func (e *realEngine) run(t *testing.T, c Container) {
	t.Helper()
	args := []string{"run", "-d", "--name", c.Name, "--network", c.Network}
	for _, p := range c.Publish {
		args = append(args, "-p", p.String())
	}
	for _, alias := range c.Aliases {
		args = append(args, "--network-alias", alias)
	}
	e.Must(t, append(args, "echo")...)
	for _, a := range c.Also {
		args := []string{"network", "connect"}
		for _, alias := range a.Aliases {
			args = append(args, "--alias", alias)
		}
		e.Must(t, append(args, a.Network, c.Name)...)
	}
}
