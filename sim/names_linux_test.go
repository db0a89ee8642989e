package sim_test

import (
	"fmt"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/sim"
)

// names is a host with containers that ask for names:
//
//	internet (DNS, HTTP) ── host ─┬─ mynet ─── web, curl
//	                              ├─ inside ── inner (internal)
//	                              └─ docker0 ─ plain
const names = `
name: names
title: Names
nodes:
  internet:
    role: server
    interfaces: { eth0: { addresses: [203.0.113.10/24, 203.0.113.53/24], link: host/eth0 } }
    services:
      - dns: { bind: 203.0.113.53, names: { www.example.com: 203.0.113.10 } }
      - http: { port: 80, body: Example }
  host:
    role: host
    engine: %q
    interfaces: { eth0: { addresses: [203.0.113.4/24] } }
    nameservers: [%s]
networks:
  mynet: { host: host, gateway: 172.18.0.1/16 }
  inside: { host: host, gateway: 172.19.0.1/16, internal: true }
services:
  web: { host: host, network: mynet, aliases: [www, shop], http: { port: 5000 } }
  curl: { host: host, network: mynet }
  inner: { host: host, network: inside }
  plain: { host: host }
traffic:
  - { from: curl, get: "http://web:5000/" }
`

// TestResolve: who resolves which names, with each engine.
func TestResolve(t *testing.T) {
	const none = "there is no such name"
	for _, c := range []struct {
		engine, from, resolve, want string
	}{
		{"29", "curl", "web", "172.18.0.2"},
		{"29", "curl", "shop.mynet", "172.18.0.2"},
		{"29", "curl", "172.18.0.2", "web.mynet"},
		{"29", "curl", "172.18.0.9", "resolve 9.0.18.172.in-addr.arpa.: there is no name for this address"},
		{"29", "curl", "www.example.com", "203.0.113.10"},
		{"29", "curl", "plain", "resolve plain: " + none},
		{"29", "web", "curl.mynet.", "172.18.0.3"},
		{"29", "inner", "inner", "172.19.0.2"},
		{"29", "inner", "www.example.com", "resolve www.example.com: the name server failed"},
		{"29", "plain", "web", "resolve web: " + none},
		{"29", "host", "web", "resolve web: " + none},
		{"29", "host", "www.example.com", "203.0.113.10"},
		{"20.10", "curl", "web", "172.18.0.2"},
		{"20.10", "curl", "www.example.com", "203.0.113.10"},
		{"20.10", "inner", "www.example.com", "no answer"}, // the query does not leave the network
		{"20.10", "plain", "www.example.com", "203.0.113.10"},
	} {
		lab := namesLab(t, c.engine, "203.0.113.53")
		got := lab.Send(t.Context(), sim.Request{From: c.from, Resolve: c.resolve, Timeout: patience(c.want)}).String()
		if got != c.want {
			t.Errorf("%s, %s resolves %s: %q, not %q", c.engine, c.from, c.resolve, got, c.want)
		}
	}
}

// TestNextNameserver: a name server that refuses queries is skipped, by a node and by a
// container's DNS server.
func TestNextNameserver(t *testing.T) {
	for _, engine := range []string{"20.10", "29"} {
		lab := namesLab(t, engine, "203.0.113.10, 203.0.113.53")
		for _, from := range []string{"host", "plain", "curl"} {
			if got := lab.Send(t.Context(), sim.Request{From: from, URL: "http://www.example.com/", Timeout: patience("")}).String(); got != "200 Example" {
				t.Errorf("%s, from %s: %q", engine, from, got)
			}
		}
	}
}

// TestStubResolver: a name server at the host's loopback is asked from the host.
func TestStubResolver(t *testing.T) {
	lab := namesLab(t, "20.10", "127.0.0.53")
	if got := lab.Send(t.Context(), sim.Request{From: "curl", Resolve: "www.example.com", Timeout: patience("no answer")}).String(); got != "no answer" {
		t.Errorf("nobody listens there: %q", got)
	}
	if got := lab.Send(t.Context(), sim.Request{From: "curl", URL: "http://www:5000/", Timeout: patience("")}).String(); got != "200 Hello" {
		t.Errorf("%q", got)
	}
}

// patience returns how long to wait for an answer, or for none.
func patience(want string) time.Duration {
	if want == "no answer" {
		return 300 * time.Millisecond
	}
	return 20 * time.Second
}

func namesLab(t *testing.T, engine, nameservers string) *sim.Lab {
	t.Helper()
	s, err := scenarios.Parse("names.yaml", fmt.Appendf(nil, names, engine, nameservers))
	if err != nil {
		t.Fatal(err)
	}
	return build(t, s.Topology)
}
