package live

import (
	"bytes"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/sim/labtest"
	"tracer/sim/labtest/dockerd"
	"tracer/trace"
)

// TestJourneys20: with Debian's engine, every request of testdata/journeys.yaml gives the
// same journeys as in a lab: see [compareJourneys].
func TestJourneys20(t *testing.T) { compareEngine(t, dockerd.Debian(t)) }

// TestJourneysBuilt: so does every request with the engine that the environment names.
func TestJourneysBuilt(t *testing.T) { compareEngine(t, dockerd.Built(t)) }

// TestJourneysNFT: so does every request with that engine's other backend.
func TestJourneysNFT(t *testing.T) { compareEngine(t, dockerd.BuiltNFT(t)) }

// compareEngine compares an engine that runs docker-proxy, and one that does not.
func compareEngine(t *testing.T, p dockerd.Program) {
	const file, host = "testdata/journeys.yaml", "    engine: \"29\"\n"
	with, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	without := bytes.Replace(with, []byte(host), []byte(host+"    daemon: { userland_proxy: false }\n"), 1)
	if bytes.Equal(with, without) {
		t.Fatalf("%s has no %q", file, host)
	}
	for name, text := range map[string][]byte{"": with, "--userland-proxy=false": without} {
		s, err := scenarios.ParseOn(file, text, p.Version)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSpace("engine "+name), func(t *testing.T) {
			t.Parallel()
			compareJourneys(t, s, p, strings.Fields(name))
		})
	}
}

// compareJourneys records a real engine and a lab of the same network, and compares the answer
// to each request and the journeys of its packets: hops, rules, changes with their causes, and
// outcomes.
func compareJourneys(t *testing.T, s *scenarios.Scenario, p dockerd.Program, flags []string) {
	real := realise(t, s, p, flags).record(t)
	lab, err := Run(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range s.Traffic {
		t.Run(r.From+" "+r.String(), func(t *testing.T) {
			if got, want := lab.Answers[i].Text, real.Answers[i].Text; got != want {
				t.Errorf("the answer in the lab is %q, and with the real engine %q", got, want)
			}
			t.Log(real.Answers[i].Text)
			compareText(t, journeysOf(lab, i+1), journeysOf(real, i+1))
		})
	}
	for name, tr := range map[string]*trace.Trace{"lab": lab, "real engine": real} {
		if gaps := gapsOf(tr); gaps != (trace.Gaps{}) {
			t.Errorf("%s: gaps: %+v\n%s", name, gaps, strings.Join(ambiguous(tr), "\n"))
		}
		for _, list := range [][]string{unaccounted(tr), inferred(tr), journeysOf(tr, 0)} {
			if len(list) > 0 {
				t.Errorf("%s: %s", name, strings.Join(list, "\n"))
			}
		}
	}
}

// compareText compares the journeys of a request. It prints the lines that differ, below those
// where their journeys begin.
func compareText(t *testing.T, lab, real []string) {
	t.Helper()
	got, want := strings.Join(lab, ""), strings.Join(real, "")
	if want == "" {
		t.Error("there are no journeys")
	}
	if got == want {
		return
	}
	dir := t.TempDir()
	a, b := filepath.Join(dir, "lab"), filepath.Join(dir, "engine")
	if err := errors.Join(os.WriteFile(a, []byte(got), 0o644), os.WriteFile(b, []byte(want), 0o644)); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command(labtest.Peer(t, "diff"), "-U2", "-F^[A-Z]", "--label=lab", "--label=engine", a, b).Output()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 { // they differ
		t.Fatal(err)
	}
	t.Errorf("the journeys differ\n%s", text)
}

// firstChosen is the first port that the kernel chooses (net.ipv4.ip_local_port_range).
const firstChosen = "32768"

// journeysOf returns the canonical journeys of a request. What is random has been replaced:
// names of veth interfaces, hardware and link-local addresses by the place where they are, ports that the
// kernel chose by a word.
func journeysOf(t *trace.Trace, request int) []string {
	var names []string
	for _, n := range t.State.Nodes {
		for _, i := range n.Interfaces {
			place := n.Name + "/" + i.Name
			if strings.HasPrefix(i.Name, "veth") {
				place = "end of " + i.Peer
				names = append(names, i.Name, "veth("+i.Peer+")")
			}
			for _, a := range i.Addresses {
				if a.Addr().IsLinkLocalUnicast() {
					names = append(names, a.Addr().String(), "linklocal("+place+")")
				}
			}
			if i.Kind != "loopback" {
				names = append(names, i.MAC.String(), "mac("+place+")")
			}
		}
	}
	known, port := strings.NewReplacer(names...), regexp.MustCompile(`(:|port )(\d{5})\b`)
	form := canonicalForm{missed: true, plain: func(s string) string {
		return port.ReplaceAllStringFunc(known.Replace(s), func(text string) string {
			before, number := text[:len(text)-5], text[len(text)-5:]
			if number < firstChosen {
				return text
			}
			return before + "CHOSEN"
		})
	}}
	probes := probesOf(t)
	return form.journeys(t, func(j *trace.Journey) bool { return j.Request == request && !announces(j) && !probes[j.ID] })
}

// announces reports whether a container announces its address, as it does three times, a
// second apart, since Engine 28. In a lab nobody does.
func announces(j *trace.Journey) bool {
	return j.Summary == "ARP request" && j.Hops[0].Packet.Src.Addr() == j.Hops[0].Packet.Dst.Addr()
}

// probesOf returns the numbers of the packets with which nodes confirm that a neighbor is still
// there, and of the answers. When they do, depends on how long the requests take: they ask the
// neighbor itself, five seconds after they last used its entry (delay_first_probe_time).
func probesOf(t *trace.Trace) map[int]bool {
	type question struct{ asks, about netip.Addr }
	probed, out := map[question]bool{}, map[int]bool{}
	for _, j := range t.Journeys {
		if len(j.Hops) == 0 || !j.Hops[0].Packet.Resolves() {
			continue
		}
		p := &j.Hops[0].Packet
		q := question{p.Src.Addr(), p.Dst.Addr()}
		asks := j.Summary == "ARP request" || j.Summary == "ICMPv6 neighbor solicitation"
		if !asks {
			q = question{q.about, q.asks}
		}
		if p.ICMP.Target.IsValid() {
			q.about = p.ICMP.Target
		}
		if asks {
			probed[q] = !p.ToMany()
		}
		out[j.ID] = probed[q]
	}
	return out
}
