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
	for _, w := range [][2]string{{"flask-demo", "forward-drop"}, {"flask-demo", "docker-user-port"}, {"host-own-address", "container-address"}, {"egress-needs", "no-route"}, {"mtu-black-hole", "icmp-let-through"}, {"metadata-dnat", "route-localnet"}} {
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
}
