package main

import (
	"strings"
	"testing"
)

// TestEngineFlag: --engine runs a lesson as another engine would build it, says which one the
// lesson is about, and does not hold the run against its expectations.
func TestEngineFlag(t *testing.T) {
	const note = "written for Docker 20.10, but run with another release"
	r := tracer(t, "run", "flask-demo", "--engine", "29", "--view", "text")
	unchecked := "tracer: the expectations of flask-demo are for Docker 20.10, so they were not checked"
	if r.code != 0 || !strings.Contains(r.stdout, note) || !strings.Contains(r.stdout, "200 Hello") ||
		!strings.Contains(r.stdout, "Docker 29") || !strings.Contains(r.stdout, "raw    PREROUTING") || !strings.Contains(r.stderr, unchecked) {
		t.Errorf("code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	r = tracer(t, "run", "flask-demo", "--engine", "20.10", "--view", "text")
	if r.code != 0 || strings.Contains(r.stdout, note) || strings.Contains(r.stderr, "checked") {
		t.Errorf("its own engine: code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	r = tracer(t, "show", "flask-demo", "--engine", "28")
	if r.code != 0 || !strings.Contains(r.stdout, note) || !strings.Contains(r.stdout, "-A DOCKER-CT -o docker0") {
		t.Errorf("show: code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	for args, want := range map[string]string{
		"run flask-demo --engine 27":                             `--engine "27" is not 20.10, 28, 29 or 29-nftables`,
		"run routing --engine 29":                                "--engine 29 is for scenarios with containers, and routing has none",
		"run egress-needs --engine 29 --fault no-accept-out":     "fault no-accept-out changes rules that Docker 20.10 has, and this engine does not",
		"show flask-demo --engine 29 host iptables -S":           "--engine is for a scenario that is shown as a whole",
		"replay flask-demo --engine 29":                          "there is no flag --engine",
		"show egress-needs --engine 28 --fault no-accept-absent": "it has no-route, no-forwarding, no-masquerade",
	} {
		if r := tracer(t, strings.Fields(args)...); r.code != exitUsage || !strings.Contains(r.stderr, want) || r.stdout != "" {
			t.Errorf("%s: code %d: %s%s", args, r.code, r.stdout, r.stderr)
		}
	}
}
