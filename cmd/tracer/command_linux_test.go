package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tracer/sim/labtest"
	"tracer/trace/doctor"
)

const wrongScenario = `name: wrong
title: A scenario with mistakes
nodes:
  client:
    role: cleint
    interfaces:
      eth0: { addresses: [10.0.0.2], link: host/eth0 }
traffic: []
colour: red
`

func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// embedded returns flask-demo's file with a replacement.
func embedded(t testing.TB, old, new string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "scenarios", "flask-demo.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("flask-demo does not contain %q", old)
	}
	return strings.Replace(string(text), old, new, 1)
}

func TestCommand(t *testing.T) {
	needLab(t)
	wrong := write(t, "wrong.yaml", wrongScenario)
	unmet := write(t, "unmet.yaml", embedded(t, "answer: 200 Hello", "answer: 200 Goodbye"))
	for _, c := range []struct {
		name   string
		args   []string
		code   int
		stdout []string // parts it must contain; if none, it must be empty
		stderr []string
	}{
		{"help", []string{"--help"}, 0, []string{"Exit codes:", "run ", "list ", "show "}, nil},
		{"no arguments", nil, 0, []string{"Usage:"}, nil},
		{"list", []string{"list"}, 0, []string{"Published ports\n", "  18  flask-demo   ", "A published port"}, nil},
		{"show a listing", []string{"show", "flask-demo", "host", "iptables", "-t", "nat", "-nvL"}, 0, []string{"Chain DOCKER (2 references)", "    1    60 DNAT       tcp  --  !docker0 *       0.0.0.0/0            0.0.0.0/0            tcp dpt:80 to:172.17.0.2:5000\n"}, nil},
		{"show the links", []string{"show", "flask-demo", "--color", "never", "flask", "ip", "-s", "link"}, 0, []string{"4: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 ", "    RX:  bytes packets "}, nil},
		{"show docker", []string{"show", "flask-demo", "host", "docker", "port", "flask"}, 0, []string{"5000/tcp -> 0.0.0.0:80\n"}, nil},
		{"show", []string{"show", "flask-demo"}, 0, []string{"docker run -d -p 80:5000", "-A DOCKER ! -i docker0", "client → http://192.168.52.203/", "forward-drop "}, nil},
		{"run", []string{"run", "flask-demo"}, 0, []string{"TCP SYN", "by this DNAT rule", "reverse of #3's DNAT", "200 Hello"}, nil},
		{"ascii", []string{"run", "flask-demo", "--ascii"}, 0, []string{"192.168.52.203:80 => 172.17.0.2:5000"}, nil},
		{"unmet", []string{"run", unmet, "--view", "json"}, exitUnmet, []string{`"schema": 1`}, []string{"expectation not met (flask-demo, line ", "Goodbye"}},
		{"wrong file", []string{"run", wrong}, exitUsage, nil, []string{
			wrong + ":5:11: nodes.client.role: is \"cleint\", want one of client, host, container, router, server",
			wrong + ":7:27: nodes.client.interfaces.eth0.addresses[0]: \"10.0.0.2\" is not an address with a prefix length, such as 192.168.1.2/24 or fd00::2/64",
			wrong + ":9:1: colour: unknown key; the keys are name, title, group, course, minutes, after, story, question, answer, refutes, nodes, networks, services, traffic, expect, faults",
		}},
		{"unmet and unwritable", []string{"run", unmet, "--out", wrong}, exitFailed, nil, []string{wrong, "not a directory"}},
		{"unwritable", []string{"run", "flask-demo", "--out", wrong}, exitFailed, nil, []string{wrong, "not a directory"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := tracer(t, c.args...)
			if r.code != c.code {
				t.Errorf("exit code %d, not %d; stderr: %s", r.code, c.code, r.stderr)
			}
			check := func(stream, got string, want []string) {
				if want == nil && got != "" {
					t.Errorf("%s: %q", stream, got)
				}
				for _, w := range want {
					if !strings.Contains(got, w) {
						t.Errorf("%s lacks %q:\n%s", stream, w, got)
					}
				}
				if strings.Contains(got, "\x1b") {
					t.Errorf("%s has escape sequences, and is no terminal", stream)
				}
			}
			// An error is one line, with advice in a second one. Only an invalid file
			// has one line for each mistake.
			lines := strings.Split(strings.TrimSuffix(r.stderr, "\n"), "\n")
			if c.code != 0 && c.code != exitUnmet && c.name != "wrong file" &&
				(!strings.HasPrefix(lines[0], "tracer: ") || len(lines) > 2 || len(lines) == 2 && !strings.HasPrefix(lines[1], "try: ")) {
				t.Errorf("stderr: %q", lines)
			}
			check("stdout", r.stdout, c.stdout)
			check("stderr", r.stderr, c.stderr)
		})
	}
}

// TestFullDisk: write errors are reported.
func TestFullDisk(t *testing.T) {
	needLab(t)
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	for _, args := range [][]string{{"run", "flask-demo"}, {"run", "flask-demo", "--view", "json"}, {"show", "flask-demo"}, {"list"}} {
		cmd := command(args...)
		var errs strings.Builder
		cmd.Stdout, cmd.Stderr = full, &errs
		if err := cmd.Run(); cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(errs.String(), "no space left on device") {
			t.Errorf("%v: %v: %q", args, err, errs.String())
		}
	}
}

// TestHelpFits: help texts fit a terminal of 80 columns.
func TestHelpFits(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"run", "--help"}, {"list", "--help"}, {"show", "--help"}} {
		for _, line := range strings.Split(tracer(t, args...).stdout, "\n") {
			if len([]rune(line)) > 80 {
				t.Errorf("%v: %q", args, line)
			}
		}
	}
}

func TestASCIIOnly(t *testing.T) {
	needLab(t)
	for _, args := range [][]string{{"run", "flask-demo", "--ascii"}, {"show", "flask-demo", "--ascii"}} {
		for _, r := range tracer(t, args...).stdout {
			if r > 126 {
				t.Fatalf("%v: %q", args, r)
			}
		}
	}
}

func TestColour(t *testing.T) {
	needLab(t)
	out := tracer(t, "run", "flask-demo", "--color", "always").stdout
	for _, want := range []string{"\x1b[1;33msrc", "\x1b[32m! -i docker0"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q", want)
		}
	}
	// Every sequence is complete: nothing of it is left after stripping.
	if plain := ansi.Strip(out); strings.ContainsAny(plain, "\x1b") || strings.Contains(plain, ";33m") {
		t.Error("a sequence was cut")
	}
}

// TestOut: the files of --out are complete, and the JSON equals the output of --view json.
func TestOut(t *testing.T) {
	needLab(t)
	dir := filepath.Join(t.TempDir(), "new", "dir")
	r := tracer(t, "run", "flask-demo", "--out", dir, "--view", "json")
	if r.code != 0 || !strings.Contains(r.stderr, "wrote 8 files to "+dir) {
		t.Fatalf("%+v", r)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := ".tracer.sha256 client-eth0.pcap docker0.pcap ens160.pcap flask-demo.html flask-demo.pcapng flask-eth0.pcap trace.json vethb6b29d3.pcap"; strings.Join(names, " ") != want {
		t.Errorf("files: %v", names)
	}
	saved, err := os.ReadFile(filepath.Join(dir, "trace.json"))
	if err != nil {
		t.Fatal(err)
	}
	if string(saved) != r.stdout {
		t.Error("trace.json is not what was printed")
	}
	var doc map[string]any
	if err := json.Unmarshal(saved, &doc); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "flask-demo.html"))
	if again := tracer(t, "export", dir, "--format", "html"); err != nil || again.code != 0 || string(page) != again.stdout {
		t.Errorf("the page is not what export writes: %v", err)
	}
}

// TestOutUnwritable: if files cannot be written, an error says so, and the result is still
// shown.
func TestOutUnwritable(t *testing.T) {
	needLab(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := tracer(t, "run", "flask-demo", "--out", filepath.Join(file, "dir")); r.code != exitFailed || !strings.Contains(r.stderr, "not a directory") || r.stdout != "" {
		t.Errorf("%+v", r)
	}
	if !labtest.MachineRoot(t) {
		t.Skip("only root can give a directory away, or make a full disk")
	}
	labtest.Peer(t, "unshare")
	const script = `mount -t tmpfs -o size=40k none "$1" && "$2" run flask-demo --out "$1"; code=$?; ls "$1" >&2; exit $code`
	cmd := exec.Command("unshare", "--mount", "sh", "-c", script, "sh", t.TempDir(), os.Args[0])
	cmd.Env = command().Env
	r := finish(t, cmd)
	if r.code != exitFailed || !strings.Contains(r.stderr, "no space left on device") || !strings.Contains(r.stdout, "#3  TCP SYN") {
		t.Errorf("%+v", r)
	}
	if strings.Contains(r.stderr, "\ntrace.json") {
		t.Errorf("a part of a file was left: %s", r.stderr)
	}
}

// TestForbidden: if user namespaces are forbidden, an unprivileged user gets one line with
// the error, and a second one with the remedy. The test runs an unprivileged process in a
// user namespace that allows no nested ones.
func TestForbidden(t *testing.T) {
	r := forbidden(t, "run", "flask-demo")
	if r.code != exitNotPermitted || r.stdout != "" {
		t.Fatalf("%+v", r)
	}
	lines := strings.Split(strings.TrimSpace(r.stderr), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "not permitted") || lines[1] != "try: sudo sysctl user.max_user_namespaces=10000" {
		t.Errorf("%q", lines)
	}
	// Verbs that need no lab work.
	for _, args := range [][]string{{"replay", "flask-demo"}, {"export", "flask-demo", "--format", "text"}, append([]string{"explain"}, dockerCaptures()...)} {
		if r := forbidden(t, args...); r.code != 0 || !strings.Contains(r.stdout, "#3  TCP SYN") {
			t.Errorf("%v: %+v", args, r)
		}
	}
	r = forbidden(t, "doctor")
	for _, want := range []string{"no   rights ", "no   user namespaces", "try: sudo sysctl user.max_user_namespaces=10000", "-    veth", "flask-demo cannot run here"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("doctor does not say %q:\n%s", want, r.stdout)
		}
	}
	if r.code != exitNotPermitted || r.stderr != "" {
		t.Errorf("doctor: code %d: %s", r.code, r.stderr)
	}
}

// forbidden runs tracer where user namespaces are forbidden.
func forbidden(t *testing.T, args ...string) result {
	t.Helper()
	labtest.Peer(t, "unshare")
	labtest.Peer(t, "setpriv")
	const script = `echo 0 >/proc/sys/user/max_user_namespaces || exit 77
exec setpriv --no-new-privs --bounding-set -all --inh-caps -all "$@"`
	cmd := exec.Command("unshare", append([]string{"--user", "--map-root-user", "sh", "-c", script, "sh", os.Args[0]}, args...)...)
	cmd.Env = command().Env
	return finish(t, cmd)
}

func TestDoctor(t *testing.T) {
	needLab(t)
	r := tracer(t, "doctor")
	if r.code != 0 || r.stderr != "" || !strings.HasSuffix(r.stdout, "flask-demo can run here\n") {
		t.Errorf("%+v", r)
	}
	var d struct {
		Fit      bool
		Features []struct{ Name, State string }
	}
	r = tracer(t, "doctor", "--view", "json")
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil || r.code != 0 || !d.Fit || len(d.Features) != len(doctor.Features()) {
		t.Errorf("%v: %+v", err, d)
	}
}

// TestUnmatched: --unmatched also lists the rules of a chain that decided nothing, and a run
// with a fault names the fault. --missed is the flag's old name.
func TestUnmatched(t *testing.T) {
	needLab(t)
	for _, flag := range []string{"--unmatched", "--missed"} {
		r := tracer(t, "run", "flask-demo", "--fault", "docker-user-port", flag)
		for _, want := range []string{"--dport 80 -j DROP", "no match: --dport 80 (it is 5000)", "fault docker-user-port"} {
			if r.code != 0 || r.stderr != "" || !strings.Contains(r.stdout, want) {
				t.Errorf("%s: no %q: %+v", flag, want, r)
			}
		}
	}
	for _, args := range [][]string{{"run", "--help"}, {"__complete", "replay", "x", "--"}} {
		if out := tracer(t, args...).stdout; !strings.Contains(out, "--unmatched") || strings.Contains(out, "--missed") {
			t.Errorf("%v: %s", args, out)
		}
	}
}

// TestComplete: shells complete commands, scenarios, and the words of flags.
func TestComplete(t *testing.T) {
	for args, want := range map[string]string{
		"re":                                    "replay",
		"run flask":                             "flask-demo",
		"help ex":                               "explain",
		"run x --view ":                         "tui",
		"show x --color ":                       "never",
		"export x --format ":                    "pcapng",
		"run flask-demo --fault ":               "ip-forward-off",
		"replay flask-demo --fault ":            "input-drop",
		"export flask-demo --fault ":            "input-drop",
		"show mtu-black-hole --fault ":          "icmp-let-through",
		"show flask-demo --an":                  "--answer",
		"show flask-demo --color never ":        "client",
		"show flask-demo host ":                 "docker",
		"show flask-demo host iptables -t nat ": "--line-numbers",
		"show flask-demo host ip ":              "route",
		"run flask-demo --fault x --color ":     "always",
	} {
		r := tracer(t, append([]string{"__complete"}, strings.Split(args, " ")...)...)
		if !strings.Contains("\n"+r.stdout, "\n"+want) {
			t.Errorf("%q: no %q in %q", args, want, r.stdout)
		}
	}
}
