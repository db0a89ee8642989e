package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"tracer/sim/docker"
)

// TestEngine: what a file says about Docker reaches the engine, and a host that runs containers
// has the default one.
func TestEngine(t *testing.T) {
	text := strings.Replace(base, `    engine: "20.10"`, "    daemon: { userland_proxy: false, iptables: true, ip_forward_no_drop: true, allow_direct_routing: true, bridge_accept_fwmark: 0x1/0xff }", 1)
	text = strings.Replace(text, "services:\n", `networks:
  bridge: { host: host, icc: false }
  back: { host: host, gateway: 172.18.0.1/16, gateway_mode: nat-unprotected, gateway6: fd00:18::1/64, gateway_mode6: routed, ip_masquerade: false, trusted_host_interfaces: [eth0] }
services:
  db:
    host: host
    networks: [bridge, back]
    publish: ["5432", "127.0.0.1::5433"]
`, 1)
	s, err := Parse("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	e := s.Engines["host"]
	if want := (docker.Options{NoProxy: true, NoForwardDrop: true, DirectRouting: true, AcceptMark: &docker.Mark{Value: 1, Mask: 0xff}}); e.Version != docker.Default || !reflect.DeepEqual(e.Options, want) {
		t.Errorf("engine %s with %+v", e.Version, e.Options)
	}
	if n := e.Networks[1]; !e.Networks[0].NoICC || n.Mode != docker.NATUnprotected || n.Mode6 != docker.Routed || !n.NoMasquerade || !reflect.DeepEqual(n.Trusted, []string{"eth0"}) {
		t.Errorf("%+v", e.Networks)
	}
	if c := e.Containers[0]; fmt.Sprint(c.Publish) != "[32768:5432 127.0.0.1:32769:5433]" || c.Network != "bridge" || len(c.Also) != 1 || c.Also[0].Network != "back" || c.Also[0].Address.String() != "172.18.0.2" {
		t.Errorf("%+v", c)
	}
	s, err = Parse("x.yaml", []byte(strings.Replace(base, "    engine: \"20.10\"\n", "", 1)))
	if err != nil || s.Engines["host"].Version != docker.Default {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestParseOn: with another engine, a scenario has that one's rules and none of its own
// expectations; with its own engine, nothing changes.
func TestParseOn(t *testing.T) {
	const index = "    host: host\n"
	text := []byte(strings.Replace(base, index, index+"    index: 9\n", 1))
	own, err := ParseOn("x.yaml", text, "20.10")
	if err != nil || own.WrittenFor != "" || len(own.Expect) != 1 {
		t.Fatalf("%+v, %v", own, err)
	}
	other, err := ParseOn("x.yaml", text, "29")
	if err != nil {
		t.Fatal(err)
	}
	if other.WrittenFor != "20.10" || other.Expect != nil || other.Engines["host"].Version != "29" {
		t.Errorf("%+v", other)
	}
	if l := other.Topology.Links[1]; l.B.Index != 2 {
		t.Errorf("%+v", l)
	}
}

// TestLackingFault: a fault that deletes a rule of one release cannot be applied with another.
func TestLackingFault(t *testing.T) {
	text := []byte(strings.Replace(base, "expect:", `faults:
  open: { title: Open, rules: { host: [-D DOCKER-USER -j RETURN] }, expect: [{ answer: no answer }] }
  closed: { title: Closed, rules: { host: [-I DOCKER-USER -j DROP] }, expect: [{ answer: no answer }] }
expect:`, 1))
	own, err := Parse("x.yaml", text)
	if err != nil || len(own.Faults) != 2 {
		t.Fatalf("%+v, %v", own, err)
	}
	other, err := ParseOn("x.yaml", text, "29")
	if err != nil || len(other.Faults) != 1 || other.Faults[0].Name != "closed" || other.Faults[0].Expect != nil {
		t.Fatalf("%+v, %v", other, err)
	}
	var lacking *EngineError
	if _, err := other.WithFault("open"); !errors.As(err, &lacking) || lacking.Release != "20.10" {
		t.Errorf("%v", err)
	}
	if s, err := other.WithFault("closed"); err != nil || s.Fault != "closed" {
		t.Errorf("%v", err)
	}
}
