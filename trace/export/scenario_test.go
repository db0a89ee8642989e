package export

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tracer/scenarios"
	"tracer/trace/explain"
)

// TestScenarioLines: the description of a network shows interfaces without a carrier, routes
// of every kind and the rules that choose their table, both ports of docker-proxy, and the
// options of a request.
func TestScenarioLines(t *testing.T) {
	s, err := scenarios.Parse("lines.yaml", []byte(`name: lines
title: Lines
nodes:
  client:
    role: client
    bridges: { spare: {} }
    interfaces:
      eth0: { addresses: [10.0.0.2/24], link: host/eth0 }
      eth1: { addresses: [10.5.0.2/24], link: host/eth1 }
      eth2: { bridge: spare, link: host/eth2 }
    routes: [default via 10.0.0.1 metric 5, 10.9.0.0/16 nexthop via 10.0.0.1 weight 2 nexthop dev eth1, blackhole 10.7.0.0/16]
    routing_rules: [fwmark 0x1 lookup 100]
  host:
    role: host
    engine: "20.10"
    interfaces: { eth0: { addresses: [10.0.0.1/24] }, eth1: { state: down }, eth2: { state: down } }
networks: { mine: { host: host, gateway: 172.18.0.1/16 } }
services:
  dns: { host: host, network: mine, publish: ["53:53/udp", "80:80"], udp: { port: 53 } }
traffic:
  - { from: client, udp: "10.0.0.1:53", size: 3000, count: 3, ttl: 9, source: 10.5.0.2, pause: 10ms }
`))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Scenario(&b, s, explain.English(), false, false); err != nil {
		t.Fatal(err)
	}
	text := ansi.Strip(b.String())
	for _, want := range []string{
		"    spare                            bridge of eth2 (no carrier)\n",
		"    eth1         10.5.0.2/24         → host/eth1 (no carrier)\n",
		"    eth1                             → client/eth1 (down)\n",
		"    docker0      172.17.0.1/16       bridge without ports (no carrier)\n",
		"    br-mine      172.18.0.1/16       bridge of veth",
		"    rule         from all fwmark 0x1 lookup 100 priority 1000\n",
		"    route        default via 10.0.0.1 metric 5\n",
		"    route        10.9.0.0/16 nexthop via 10.0.0.1 weight 2 nexthop dev eth1\n",
		"    route        blackhole 10.7.0.0/16\n",
		"    port 80      docker-proxy to 172.18.0.2:80\n",
		"    port 53      docker-proxy to 172.18.0.2:53, over UDP\n",
		"  client → udp 10.0.0.1:53 (3000 bytes, 3 times, from 10.5.0.2, ttl 9, after 10ms)\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no line %q in\n%s", want, text)
		}
	}
}
