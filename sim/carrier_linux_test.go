package sim

import (
	"context"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tracer/sim/labtest"
)

// idle has interfaces that never carry a frame:
//
//	client             host
//	eth0 ───────────── eth0 10.0.0.2/24
//	eth1 ───── (down)  eth1 10.1.0.2/24
//	eth2 ───── (down)  eth2 ── br-idle 10.2.0.2/24
//	                           br-empty 10.3.0.2/24
func idle() Topology {
	p := func(s string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(s)} }
	return Topology{
		Nodes: []Node{
			{Name: "client", Role: RoleClient},
			{Name: "host", Role: RoleHost, Services: []Service{{Port: 80, Body: "Hello"}}, Bridges: []Bridge{
				{Name: "br-idle", MAC: DeriveMAC("br-idle"), Addresses: p("10.2.0.2/24")},
				// The kernel takes the carrier away when a bridge gets its address, as docker0 does.
				{Name: "br-empty", MAC: DeriveMAC("br-empty"), Addresses: p("10.3.0.2/24")},
			}},
		},
		Links: []Link{
			{A: Endpoint{Node: "client", Interface: "eth0", Addresses: p("10.0.0.1/24")}, B: Endpoint{Node: "host", Interface: "eth0", Addresses: p("10.0.0.2/24")}},
			{A: Endpoint{Node: "client", Interface: "eth1", Addresses: p("10.1.0.1/24")}, B: Endpoint{Node: "host", Interface: "eth1", Addresses: p("10.1.0.2/24"), Down: true}},
			{A: Endpoint{Node: "client", Interface: "eth2", Down: true}, B: Endpoint{Node: "host", Interface: "eth2", Bridge: "br-idle"}},
		},
	}
}

// TestCarrier: interfaces that cannot carry frames do not prevent a lab from running. They
// look as on a real host.
func TestCarrier(t *testing.T) {
	lab, err := Build(t.Context(), idle(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	for url, want := range map[string]string{"http://10.0.0.2/": "200 Hello", "http://10.3.0.2/": "200 Hello", "http://10.1.0.2/": "no answer"} {
		from, wait := "client", 10*time.Second
		if url == "http://10.3.0.2/" {
			from = "host"
		}
		if want == "no answer" {
			wait = 100 * time.Millisecond
		}
		if got := lab.Send(t.Context(), Request{From: from, URL: url, Timeout: wait}).String(); got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
	ip := labtest.Peer(t, "ip")
	for link, want := range map[string]string{
		"client/eth0":   "<BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP",
		"client/eth1":   "<NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN",
		"host/eth1":     "<BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN",
		"host/br-idle":  "<NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN",
		"host/br-empty": "<NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN",
	} {
		node, name, _ := strings.Cut(link, "/")
		var out []byte
		if err := lab.Do(node, func() (err error) { out, err = exec.Command(ip, "link", "show", name).Output(); return err }); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(out), want) {
			t.Errorf("%s: %s\nwant %s", link, out, want)
		}
	}
}

// TestNoCarrier: an interface that should carry frames but does not causes an error that
// names it.
func TestNoCarrier(t *testing.T) {
	lab, err := Build(t.Context(), idle(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	n := lab.node("client")
	n.carry = append(n.carry, "eth1")
	if err := n.Do(func() error { return n.awaitLinks(ctx) }); err == nil || !strings.HasPrefix(err.Error(), "wait for link client/eth1: it is down") {
		t.Error(err)
	}
}
