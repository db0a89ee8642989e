package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tracer/scenarios"
)

// TestCompareRuns: two runs of the same lesson do not differ, and neither does a run from its
// recording. In bound-to-loopback, docker-proxy closes a connection while the request may be on
// its way: only timing decides between end of file and reset.
func TestCompareRuns(t *testing.T) {
	needLab(t)
	names := slices.DeleteFunc(scenarios.Names(), func(name string) bool { return name == "bound-to-loopback" })
	if testing.Short() {
		names = []string{"flask-demo"}
	}
	for _, name := range names {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range append([]string{""}, faultNames(s)...) {
			first, second := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "second")
			recording := filepath.Join(t.TempDir(), "recording.json")
			if r := tracer(t, "export", name, "--fault", fault, "--format", "json", "--out", recording); r.code != 0 {
				t.Fatal(r.stderr)
			}
			for _, dir := range []string{first, second} {
				if r := tracer(t, "run", name, "--fault", fault, "--view", "text", "--out", dir); r.code != 0 {
					t.Fatalf("%s %s: %s", name, fault, r.stderr)
				}
			}
			for _, with := range []string{second, recording} {
				if r := tracer(t, "compare", first, with); r.code != 0 || !strings.Contains(r.stdout, "The two traces do not differ.") {
					t.Errorf("%s %s: code %d: %s\n%s", name, fault, r.code, r.stderr, r.stdout)
				}
			}
		}
	}
}

// TestCompare: the exit codes are those of diff, for any kind of input.
func TestCompare(t *testing.T) {
	file := filepath.Join(t.TempDir(), "flask.pcapng")
	if r := tracer(t, "export", "flask-demo", "--out", file); r.code != 0 {
		t.Fatal(r.stderr)
	}
	page := filepath.Join(t.TempDir(), "page.html")
	for _, w := range []struct {
		code int
		want string // of what is printed
		args []string
	}{
		{0, "do not differ", []string{"flask-demo", "flask-demo"}},
		{0, "do not differ", []string{file, "flask-demo"}},
		{0, "do not differ", []string{"flask-demo", file}},
		{1, "different rule on host, at forward", []string{"flask-demo", "--fault", "forward-drop"}},
		{1, "fares the same", []string{"flask-demo", "--fault", "docker-user-port"}},
		{1, "flask-demo, compared with hairpin", []string{file, "hairpin"}},
		{1, "", []string{"flask-demo", "--fault", "forward-drop", "--format", "html", "--out", page}},
		{2, "missing a second trace", []string{"flask-demo"}},
		{2, "name only that", []string{"flask-demo", "hairpin", "--fault", "forward-drop"}},
		{2, "only one trace", []string{"-", "-"}},
		{2, "there is no scenario", []string{"flask-demo", "nonsense"}},
		{2, "has no fault", []string{"flask-demo", "--fault", "nonsense"}},
		{2, "--format", []string{"flask-demo", "hairpin", "--format", "xml"}},
		{2, "use only one of them", []string{"flask-demo", "hairpin", "--format", "json", "--view", "text"}},
		{2, "which has no view", []string{"flask-demo", "hairpin", "--out", page, "--view", "text"}},
		{2, "to be a terminal", []string{"flask-demo", "hairpin", "--view", "tui"}},
		{2, `--engine "27" is not 20.10, 28, 29 or 29-nftables`, []string{"flask-demo", "--engine", "27"}},
		{2, "already runs with Docker 20.10", []string{"flask-demo", "--engine", "20.10"}},
		{2, "runs one scenario", []string{"flask-demo", "hairpin", "--engine", "29"}},
		{2, "names 3 releases", []string{"flask-demo", "--engine", "20.10,28,29"}},
		{2, "has none", []string{"routing", "--engine", "28,29"}},
		{2, "and this engine does not", []string{"egress-needs", "--engine", "29", "--fault", "no-accept-out"}},
		{2, "is a directory", []string{"flask-demo", "hairpin", "--out", t.TempDir()}},
	} {
		r := tracer(t, append([]string{"compare"}, w.args...)...)
		if r.code != w.code || !strings.Contains(r.stdout+r.stderr, w.want) {
			t.Errorf("%v: code %d: %s%s", w.args, r.code, r.stdout, r.stderr)
		}
	}
	if text, err := os.ReadFile(page); err != nil || !strings.HasPrefix(strings.ToLower(string(text)), "<!doctype html>") {
		t.Errorf("page: %v", err)
	}
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	cmd := command("compare", "flask-demo", "-")
	cmd.Stdin = in
	if r := finish(t, cmd); r.code != 0 {
		t.Errorf("standard input: code %d: %s", r.code, r.stderr)
	}
}

// TestCompareEngines: a lesson runs with two engines. One closes a door that the other leaves open,
// and the rule is named; rules with the same effect are no difference, but listed.
func TestCompareEngines(t *testing.T) {
	needLab(t)
	for _, w := range []struct {
		code  int
		args  string
		wants []string
	}{
		{1, "direct-access --engine 20.10 --engine 29", []string{
			"Docker 20.10 compared with Docker 29", "First difference: #3 TCP SYN, different rule on host, at prerouting",
			"raw PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP", "not in A: host does not have this rule",
		}},
		{0, "direct-access --engine 29,29-nftables", []string{"fares the same with both engines", "Different rules, same effect", "DROP DIRECT ACCESS"}},
		{0, "direct-access --engine 29,29-nftables --format html", []string{`id=deciders`, "fares the same with both engines", "DROP DIRECT ACCESS"}},
		{0, "flask-demo --engine 28", []string{"Docker 20.10 compared with Docker 28", "fares the same", "B  filter DOCKER-FORWARD -i docker0 -j ACCEPT"}},
		{0, "flask-demo --engine 29 --fault ip-forward-off", []string{"with the fault ip-forward-off", "fares the same"}},
		{1, "direct-access --engine 29 --view json", []string{`"engine": "29"`, `"kind": "missing"`}},
	} {
		r := tracer(t, append([]string{"compare"}, strings.Fields(w.args)...)...)
		if r.code != w.code {
			t.Errorf("%s: code %d: %s", w.args, r.code, r.stderr)
		}
		for _, want := range w.wants {
			if !strings.Contains(r.stdout, want) {
				t.Errorf("%s: no %q in\n%s", w.args, want, r.stdout)
			}
		}
	}
}

// TestCompareText: every comparison fits 80 columns, except for single words, and names the reason.
func TestCompareText(t *testing.T) {
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range faultNames(s) {
			r := tracer(t, "compare", name, "--fault", fault)
			if r.code != exitDiffer {
				t.Errorf("%s %s: code %d: %s", name, fault, r.code, r.stderr)
			}
			for line := range strings.Lines(r.stdout) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 && strings.Contains(strings.TrimSpace(line), " ") && !strings.Contains(line, "xxxxxx") {
					t.Errorf("%s %s: %d columns: %s", name, fault, n, line)
				}
			}
			reasons := []string{"Configured on one side only", "First difference", "different requests", "fares the same"}
			if !slices.ContainsFunc(reasons, func(s string) bool { return strings.Contains(r.stdout, s) }) {
				t.Errorf("%s %s: no difference:\n%s", name, fault, r.stdout)
			}
		}
	}
}

// TestCompareJSON: every key of the JSON is documented.
func TestCompareJSON(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "compare.md"))
	if err != nil {
		t.Fatal(err)
	}
	var check func(v any)
	check = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				check(e)
			}
		case map[string]any:
			for k, e := range v {
				if !strings.Contains(string(doc), "`"+k+"`") {
					t.Errorf("%q is not documented", k)
				}
				check(e)
			}
		}
	}
	for _, w := range [][2]string{{"accept-not-final", "drop-first"}, {"flask-demo", "forward-drop"}, {"flask-demo", "docker-user-port"}, {"host-own-address", "container-address"}, {"egress-needs", "no-route"}, {"mtu-black-hole", "icmp-let-through"}, {"metadata-dnat", "route-localnet"}} {
		r := tracer(t, "compare", w[0], "--fault", w[1], "--format", "json")
		var v map[string]any
		if err := json.Unmarshal([]byte(r.stdout), &v); err != nil {
			t.Fatal(err)
		}
		if v["equal"] != false || v["schema"] != 1.0 {
			t.Errorf("%v: %v", w, v["equal"])
		}
		check(v)
	}
	r := tracer(t, "compare", "flask-demo", "--engine", "29-nftables", "--format", "json")
	var v map[string]any
	if err := json.Unmarshal([]byte(r.stdout), &v); err != nil || v["equal"] != true || v["deciders"] == nil {
		t.Fatalf("%v: equal %v: %s", err, v["equal"], r.stderr)
	}
	check(v)
}
