package docker

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tracer/sim"
	"tracer/sim/iptables"
	"tracer/sim/traffic"
)

// TestEngine: the rules are those that a real Engine 20.10 installs, line by line, and a
// published UDP port answers in the lab wherever it answers there.
func TestEngine(t *testing.T) {
	real := startRealEngine(t)
	real.load(t)
	back := Network{Name: "back", Bridge: "br-back", Gateway: netip.MustParsePrefix("172.28.0.1/16")}
	real.must(t, "network", "create", "--subnet", "172.28.0.0/16", "--gateway", "172.28.0.1", "-o", "com.docker.network.bridge.name=br-back", "back")

	cases := map[string][]Container{
		"none": nil,
		"several": {
			{Name: "first", Network: "bridge", Publish: publish(t, "80:80", "443:443", "127.0.0.1:53:53/udp")},
			{Name: "second", Network: "back", Publish: publish(t, "8000-8003:9000-9003")},
			{Name: "third", Network: "bridge", Publish: publish(t, "9053:53", "9053:53/udp", "8080:40", "8081:40")},
		},
	}
	for i, c := range orders {
		cases["order "+string(rune('a'+i))] = []Container{{Name: "web", Network: "bridge", Publish: publish(t, c.publish...)}}
	}
	for i, c := range bindings {
		if c.always {
			cases["bindings "+string(rune('a'+i))] = []Container{{Name: "web", Network: "bridge", Publish: publish(t, c.publish...)}}
		}
	}
	for name, containers := range cases {
		for _, c := range containers {
			real.run(t, c)
		}
		e := Engine{Version: "20.10", Networks: []Network{DefaultBridge, back}, Containers: containers}
		topo := host()
		if err := e.Install(topo, "host"); err != nil {
			t.Fatal(err)
		}
		n, _ := topo.Node("host")
		rules := n.Rules.(iptables.Ruleset)
		for i := range rules.Tables {
			if got, want := rules.Tables[i].List(), real.rules(t, rules.Tables[i].Name); !slices.Equal(got, want) {
				t.Errorf("%s: table %s\n%s\nin the real engine\n%s", name, rules.Tables[i].Name, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		for _, c := range containers {
			real.must(t, "rm", "-f", c.Name)
		}
	}
	testRelay(t, real)
}

func (e *realEngine) run(t *testing.T, c Container) {
	t.Helper()
	args := []string{"run", "-d", "--name", c.Name, "--network", c.Network}
	for _, p := range c.Publish {
		args = append(args, "-p", p.String())
	}
	e.must(t, append(args, "echo")...)
}

// testRelay asks a published UDP port from the host, in the lab and in the real engine.
func testRelay(t *testing.T, real *realEngine) {
	dns := Container{Name: "dns", Network: "bridge", Publish: publish(t, "9053:53/udp", "127.0.0.1:9054:54/udp")}
	real.run(t, dns)
	dns.Services = []sim.Service{{Port: 53, UDP: true, Body: "hello"}}
	topo := &sim.Topology{Nodes: []sim.Node{{Name: "host", Role: sim.RoleHost}}}
	e := Engine{Version: "20.10", Networks: []Network{DefaultBridge}, Containers: []Container{dns}}
	if err := e.Install(topo, "host"); err != nil {
		t.Fatal(err)
	}
	lab, err := sim.Build(t.Context(), *topo, sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	for to, want := range map[string]string{
		"127.0.0.1:9053":  "hello",     // docker-proxy: nat OUTPUT excludes 127.0.0.0/8
		"127.0.0.2:9053":  "no answer", // docker-proxy answers from 127.0.0.1
		"172.17.0.1:9053": "hello",     // DNAT
		"172.17.0.2:53":   "hello",
		"127.0.0.1:9054":  "no answer", // nobody listens on port 54 of the container
		"172.17.0.1:9054": "connection refused",
		"127.0.0.1:9055":  "connection refused",
	} {
		at := netip.MustParseAddrPort(to)
		wait := 10 * time.Second
		if want == "no answer" {
			wait = 300 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		answers, _, err := traffic.Exchange(ctx, real.ns, traffic.DatagramRequest{To: at, Payload: "hello"})
		cancel()
		answer := strings.Join(answers, "")
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			answer = "no answer"
		case errors.Is(err, syscall.ECONNREFUSED):
			answer = "connection refused"
		case err != nil:
			answer = err.Error()
		}
		got := lab.Send(t.Context(), sim.Request{From: "host", Datagram: at, Text: "hello", Timeout: wait}).String()
		if answer != want || !strings.HasSuffix(got, want) {
			t.Errorf("%s: %q, and the real engine %q; want %q", to, got, answer, want)
		}
	}
}
