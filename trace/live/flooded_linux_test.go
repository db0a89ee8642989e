package live

import (
	"testing"

	"tracer/scenarios"
	"tracer/trace"
)

// flooded is a host that sends a broadcast to two containers with rules:
//
//	host ── br-mynet ─┬─ one
//	                  └─ two
const flooded = `
name: flooded
title: A broadcast to two containers
nodes: { host: { role: host, engine: "29", interfaces: {} } }
networks: { mynet: { host: host, gateway: 172.18.0.1/16 } }
services:
  one: { host: host, network: mynet }
  two: { host: host, network: mynet }
traffic:
  - { from: host, udp: "172.18.255.255:9", timeout: 50ms }
`

// TestFlooded: the rules that a copy meets in one container are not said to be met on the way
// of the next copy, which leaves the host.
func TestFlooded(t *testing.T) {
	s, err := scenarios.Parse("flooded.yaml", []byte(flooded))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := Run(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	reached := map[string]bool{}
	for _, j := range tr.Journeys {
		if j.Summary != "UDP (5 bytes)" {
			continue
		}
		for _, h := range j.Hops {
			reached[h.Node] = true
			for _, step := range h.Steps {
				// The host itself gets a copy, too, but of a connection that it has already seen.
				if h.Node == "host" && step.Table == "nat" && step.Hook == trace.Prerouting {
					t.Errorf("%s: a packet of the host met %s at prerouting", h.Place(), step.RuleRef)
				}
			}
		}
		if o := &j.Outcome; o.Node == "host" || len(o.Steps) == 0 {
			t.Errorf("%+v", o)
		}
	}
	if !reached["one"] || !reached["two"] {
		t.Errorf("it reached %v", reached)
	}
}
