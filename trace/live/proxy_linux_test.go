package live_test

import (
	"testing"

	"tracer/scenarios"
	"tracer/trace/live"
)

// TestRelay: a published UDP port answers at 127.0.0.1, and the two exchanges are linked
// although two clients send equal datagrams.
func TestRelay(t *testing.T) {
	s, err := scenarios.Parse("relay.yaml", []byte(`name: relay
title: A published UDP port, asked from the host
nodes:
  host:
    role: host
    engine: "20.10"
    interfaces: {}
services:
  dns: { host: host, publish: ["5353:53/udp"], udp: { port: 53, body: pong } }
traffic:
  - { from: host, udp: "127.0.0.1:5353", source_port: 40000, text: ping }
  - { from: host, udp: "127.0.0.1:5353", source_port: 40001, text: ping }
`))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := live.Run(t.Context(), s, live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range tr.Answers {
		if a.Text != "pong" {
			t.Errorf("%s: %s", a.URL, a.Text)
		}
	}
	ports := map[uint16]bool{}
	for _, f := range tr.Flows {
		if f.Original.Destination.Port() != 5353 {
			continue
		}
		on := tr.Flow(f.ContinuedBy)
		if f.Proxy != "host" || on == nil || on.Continues != f.ID || on.Original.Destination.String() != "172.17.0.2:53" {
			t.Errorf("flow %+v is continued by %+v", f, on)
			continue
		}
		ports[on.Original.Source.Port()] = true
	}
	if len(ports) != 2 {
		t.Errorf("%d exchanges with the container, want 2; flows %+v", len(ports), tr.Flows)
	}
}
