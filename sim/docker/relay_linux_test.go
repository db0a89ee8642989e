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
	"tracer/sim/traffic"
)

// testOrders compares the orders of ports that only measuring can tell: see [orders].
func testOrders(t *testing.T, real *realEngine) {
	if real.Version != "20.10" {
		return
	}
	list := slices.Clone(orders)
	for _, c := range bindings {
		if c.always {
			list = append(list, struct{ publish, want []string }{c.publish, c.want})
		}
	}
	for _, c := range list {
		real.run(t, Container{Name: "web", Network: "bridge", Publish: publish(t, c.publish...)})
		got := translations(save(t, real.Namespace.Do))
		real.Must(t, "rm", "-f", "web")
		if want := translations(saved(lone(t, c.publish))); got != want {
			t.Errorf("%s: the engine has\n%s\nthe model\n%s", c.publish, got, want)
		}
	}
}

// translations returns the DNAT rules of what iptables-save printed.
func translations(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.Contains(line, "-j DNAT") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// lone returns the host of a container with these ports.
func lone(t *testing.T, ports []string) sim.Node {
	topo := host()
	e := Engine{Version: "20.10", Networks: []Network{DefaultBridge()}, Containers: []Container{{Name: "web", Network: "bridge", Publish: publish(t, ports...)}}}
	if err := e.Install(topo, "host"); err != nil {
		t.Fatal(err)
	}
	n, _ := topo.Node("host")
	return n
}

// testRelay asks a published UDP port from the host, in the lab and in the real engine.
func testRelay(t *testing.T, real *realEngine) {
	dns := Container{Name: "dns", Network: "bridge", Publish: publish(t, "9053:53/udp", "127.0.0.1:9054:54/udp")}
	real.run(t, dns)
	defer func() { real.Must(t, "rm", "-f", dns.Name) }()
	real.Await(t, dns.Name)
	dns.Services = []sim.Service{{Port: 53, UDP: true, Body: "hello"}}
	topo := &sim.Topology{Nodes: []sim.Node{{Name: "host", Role: sim.RoleHost}}}
	e := Engine{Version: real.Version, Networks: []Network{DefaultBridge()}, Containers: []Container{dns}}
	if err := e.Install(topo, "host"); err != nil {
		t.Fatal(err)
	}
	lab, err := sim.Build(t.Context(), *topo, sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	second := "hello"
	if real.Version == "20.10" {
		second = "no answer" // docker-proxy answers from 127.0.0.1
	}
	for to, want := range map[string]string{
		"127.0.0.1:9053":  "hello", // docker-proxy: nat OUTPUT excludes 127.0.0.0/8
		"127.0.0.2:9053":  second,
		"172.17.0.1:9053": "hello", // DNAT
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
		answers, _, err := traffic.Exchange(ctx, real.Namespace, traffic.DatagramRequest{To: at, Payload: "hello"})
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
