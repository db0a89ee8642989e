package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wrongInAllParts has a mistake in each part of a scenario.
const wrongInAllParts = `name: wrong
title: Wrong in all parts
nodes:
  client:
    role: client
    interfaces: { eth0: { addresses: [10.0.0.2/24], link: host/eth1 } }
  host:
    role: host
    engine: "20.10"
    interfaces: { eth0: { addresses: [10.0.0.1/24] } }
services:
  web: { host: host, publish: ["80:80"], http: { port: 0 } }
traffic:
  - { from: clent, get: "http://10.0.0.1/" }
faults:
  closed:
    title: Closed
    rules:
      host: [-I DOCKER-USER -p tpc -j DROP]
    traffic: [{ from: hots, get: "http://10.0.0.1/" }]
    expect: []
`

// TestMistakes checks the exact message for every mistake on the command line or in the
// files it names.
func TestMistakes(t *testing.T) {
	lesson := embedded(t, "name: flask-demo", "name: lesson")
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"captures/a.pcap":  "",
		"run/trace.json":   "{}",
		"empty/readme.txt": "",
		"text":             "hello\n",
		"lesson.yaml":      lesson,
		"tab.yaml":         "name: x\nnodes:\n\thost:\n",
		"wrong.yaml":       wrongInAllParts,
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		command string // its words
		code    int
		want    string // standard error, without "tracer: " and "try: "
	}{
		// Commands.
		{"runn", exitUsage, `there is no command "runn"; did you mean tracer run?|tracer --help`},
		{"rpelay x", exitUsage, `there is no command "rpelay"; did you mean tracer replay?|tracer --help`},
		{"doc", exitUsage, `there is no command "doc"; did you mean tracer doctor?|tracer --help`},
		{"flask-demo", exitUsage, `there is no command "flask-demo"; did you mean tracer run flask-demo?|tracer --help`},
		{"frobnicate", exitUsage, `there is no command "frobnicate"|tracer --help`},
		{"help runn", exitUsage, `there is no command "runn"; did you mean tracer run?|tracer help --help`},
		// Arguments.
		{"run", exitUsage, "missing argument; usage: tracer run SCENARIO|FILE.yaml|tracer run --help"},
		{"run a b", exitUsage, `unexpected argument "b"; usage: tracer run SCENARIO|FILE.yaml|tracer run --help`},
		{"show", exitUsage, "missing argument; usage: tracer show [flags] SCENARIO|FILE.yaml|TRACE [NODE COMMAND...]|tracer show --help"},
		{"replay", exitUsage, "missing argument; usage: tracer replay TRACE|tracer replay --help"},
		{"export", exitUsage, "missing argument; usage: tracer export TRACE|--all|tracer export --help"},
		{"export --all", exitUsage, "--all exports pages; use --format html|tracer export --help"},
		{"export --all --format html", exitUsage, "--all writes one page per lesson; use --out DIR|tracer export --help"},
		{"export --all --format html --out -", exitUsage, "--all writes one page per lesson; use --out DIR|tracer export --help"},
		{"export --all --format htm --out x", exitUsage, `--format "htm" is not pcapng, pcap, json, text or html; did you mean html?|tracer export --help`},
		{"export --all flask-demo", exitUsage, `--all exports every lesson; it cannot be used with "flask-demo"|tracer export --help`},
		{"export --all --fault x", exitUsage, "--all exports every fault; it cannot be used with --fault|tracer export --help"},
		{"explain", exitUsage, "missing argument; usage: tracer explain [NAME=]FILE...|tracer explain --help"},
		{"list x", exitUsage, `unexpected argument "x"; usage: tracer list|tracer list --help`},
		{"doctor x", exitUsage, `unexpected argument "x"; usage: tracer doctor|tracer doctor --help`},
		{"completion bash x", exitUsage, `unexpected argument "x"; usage: tracer completion bash|tracer completion bash --help`},
		{"man", exitUsage, "missing argument; usage: tracer man DIR|tracer man --help"},
		// Flags.
		{"run --fitler x", exitUsage, "there is no flag --fitler; did you mean --filter?|tracer run --help"},
		{"run --frobnicate", exitUsage, "there is no flag --frobnicate|tracer run --help"},
		{"run -v", exitUsage, "there is no flag -v|tracer run --help"},
		{"run --filter", exitUsage, "--filter needs a value|tracer run --help"},
		{"run --=x", exitUsage, "bad flag syntax: --=x|tracer run --help"},
		{"run x --ascii=maybe", exitUsage, `--ascii "maybe" is not true or false|tracer run --help`},
		{"run x --timeout soon", exitUsage, `--timeout "soon" is not a duration, such as 30s or 2m|tracer run --help`},
		{"run x --timeout 0s", exitUsage, "--timeout 0s must be positive|tracer run --help"},
		{"run x --view txt", exitUsage, `--view "txt" is not auto, tui, text or json; did you mean text?|tracer run --help`},
		{"run x --view pdf", exitUsage, `--view "pdf" is not auto, tui, text or json|tracer run --help`},
		{"replay flask-demo --brief --view json", exitUsage, "--brief is text; it cannot be used with --view json|tracer replay --help"},
		{"replay flask-demo --brief --unmatched", exitUsage, "--brief shows only turning points; it cannot be used with --unmatched|tracer replay --help"},
		{"run x --view tui", exitUsage, "--view tui needs standard input and output to be a terminal; use --view text|tracer run --help"},
		{"run x --color red", exitUsage, `--color "red" is not auto, always or never|tracer run --help`},
		{"doctor --view jsn", exitUsage, `--view "jsn" is not text or json; did you mean json?|tracer doctor --help`},
		{"export x --format pdf", exitUsage, `--format "pdf" is not pcapng, pcap, json, text or html|tracer export --help`},
		{"export x --format pcap", exitUsage, "--format pcap writes one file per interface; use --out DIR|tracer export --help"},
		{"explain x --limit many", exitUsage, `--limit "many" is not a whole number|tracer explain --help`},
		{"explain x --limit -1", exitUsage, "--limit -1 must not be negative|tracer explain --help"},
		{"explain x --flow 1.2.3", exitUsage, `--flow "1.2.3" is not an IP address, with or without a port|tracer explain --help`},
		// Names of scenarios and faults.
		{"run flask-dmo", exitUsage, `there is no scenario "flask-dmo"; did you mean flask-demo?|tracer list`},
		{"run 18", exitUsage, `there is no scenario "18"; lesson 18 is flask-demo|tracer list`},
		{"show 1", exitUsage, `there is no scenario "1"; lesson 1 is namespaces|tracer list`},
		{"run 999", exitUsage, `there is no scenario "999"|tracer list`},
		{"run lesson", exitUsage, `there is no scenario "lesson"; did you mean lesson.yaml?|tracer list`},
		{"show flask-demo host", exitUsage, `missing command after "host"; supported are those of iptables, ip6tables, nft, ip, bridge, cat and docker|tracer show --help`},
		{"show flask-demo hots ip addr", exitUsage, `flask-demo has no node "hots"; its nodes are client, host, flask; did you mean host?|tracer show --help`},
		{"show flask-demo host iptable -S", exitUsage, `"iptable" is not a supported command; supported are those of iptables, ip6tables, nft, ip, bridge, cat and docker; did you mean iptables?|tracer show --help`},
		{"show flask-demo host iptables -t nat -nvZ", exitUsage, `iptables: "-Z" is not supported here; supported are iptables [-t TABLE] -S [CHAIN], iptables [-t TABLE] -L [CHAIN] -n [-v] [-x] [--line-numbers]|tracer show --help`},
		{"show flask-demo host iptables -L", exitUsage, `iptables: -L without -n would look up names; add -n|tracer show --help`},
		{"show flask-demo host ip addr show eth9", exitUsage, `ip: device "eth9" does not exist|tracer show --help`},
		{"show flask-demo client docker ps", exitFailed, `docker: the trace has no Docker Engine on client`},
		{"show flask-demo --answer host ip addr", exitUsage, `--answer is for a scenario that is shown as a whole; "host" is a node|tracer show --help`},
		{"show nginx", exitUsage, `there is no scenario "nginx"; did you mean nginx-2024?|tracer list`},
		{"run frobnicate", exitUsage, `there is no scenario "frobnicate"|tracer list`},
		{"run captures/a.pcap --view text", exitUsage, "captures/a.pcap: is empty"},
		{"show flask-demo --fault forward-dorp", exitUsage, `flask-demo has no fault "forward-dorp"; did you mean forward-drop?|tracer show flask-demo`},
		{"show flask-demo --fault x", exitUsage, `flask-demo has no fault "x"; it has forward-drop, ip-forward-off, input-drop, docker-user-port|tracer show flask-demo`},
		{"show hairpin --fault x", exitUsage, `hairpin has no fault "x": it has none|tracer show hairpin`},
		// Scenario files.
		{"run no/such.yaml", exitUsage, "open no/such.yaml: no such file or directory"},
		{"run tab.yaml", exitUsage, "tab.yaml:3:1: is indented with a tab; YAML allows only spaces"},
		// Traces.
		{"replay 18", exitUsage, `there is no scenario "18", and no such file; lesson 18 is flask-demo|tracer list`},
		{"export 18", exitUsage, `there is no scenario "18", and no such file; lesson 18 is flask-demo|tracer list`},
		{"compare flask-demo hairpn", exitUsage, `there is no scenario "hairpn", and no such file; did you mean hairpin?|tracer list`},
		{"replay flask-dmo", exitUsage, `there is no scenario "flask-dmo", and no such file; did you mean flask-demo?|tracer list`},
		{"replay no/such.json", exitUsage, "open no/such.json: no such file or directory"},
		{"replay captures", exitUsage, "captures is a directory without a trace.json|tracer explain captures/*.pcap"},
		{"replay empty", exitUsage, "empty is a directory without a trace.json"},
		{"replay lesson.yaml", exitUsage, "lesson.yaml is a scenario, not a trace|tracer run lesson.yaml"},
		{"replay text", exitUsage, "text: not a trace: invalid character 'h' looking for beginning of value, at offset 0"},
		{"export frobnicate", exitUsage, `there is no scenario "frobnicate", and no such file|tracer list`},
		// Captures.
		{"explain no.pcap", exitUsage, "open no.pcap: no such file or directory"},
		{"explain captures", exitUsage, "captures is a directory; name the capture files in it|tracer explain captures/*.pcap"},
		{"explain run", exitUsage, "run is a directory; name the capture files in it|tracer replay run"},
		{"explain empty", exitUsage, "empty is a directory; name the capture files in it"},
		{"explain text", exitUsage, "text: not a pcap or pcapng file, at offset 0"},
		{"explain /dev/null", exitUsage, "/dev/null is a device, not a file"},
		{"explain =a", exitUsage, `"=a" needs both a name and a file: NAME=FILE|tracer explain --help`},
		{"explain - -", exitUsage, "- stands for standard input, which can be read only once|tracer explain --help"},
		// Files to write.
		{"export flask-demo --out no/such", exitFailed, "open no: no such file or directory"},
		{"export flask-demo --out run", exitFailed, "run is a directory, not a file"},
		{"export --all --format html --out run", exitFailed, "run/trace.json was not saved by tracer, or has changed since, and would be lost: choose another directory, or move it away"},
	} {
		args := strings.Fields(c.command)
		t.Run(c.command, func(t *testing.T) {
			r := tracer(t, args...)
			text, hint, _ := cutLast(c.want, "|")
			if !strings.HasPrefix(hint, "tracer ") {
				text, hint = c.want, ""
			}
			want := "tracer: " + text + "\n"
			if hint != "" {
				want += "try: " + hint + "\n"
			}
			if r.stderr != want || r.code != c.code || r.stdout != "" {
				t.Errorf("code %d, not %d; %s\n%swant\n%s", r.code, c.code, r.stdout, r.stderr, want)
			}
		})
	}
	// All mistakes in a file are listed, including those in its faults.
	r := tracer(t, "run", "wrong.yaml")
	const want = `tracer: wrong.yaml:6:59: nodes.client.interfaces.eth0.link: there is no interface "host/eth1"; the interfaces are client/eth0, host/eth0
tracer: wrong.yaml:10:25: nodes.host.interfaces.eth0: has no link; set link: NODE/INTERFACE at one of its ends
tracer: wrong.yaml:12:56: services.web.http.port: is "0", want a whole number from 1 to 65535
tracer: wrong.yaml:14:13: traffic[0].from: there is no node "clent"
tracer: wrong.yaml:19:14: faults.closed.rules.host[0]: -I DOCKER-USER -p tpc -j DROP: -p "tpc" is not a protocol: use a name such as tcp, udp or icmp, or a number from 1 to 255
tracer: wrong.yaml:20:23: faults.closed.traffic[0].from: there is no node "hots"
`
	if r.stderr != want || r.code != exitUsage {
		t.Errorf("code %d:\n%swant\n%s", r.code, r.stderr, want)
	}
}

func cutLast(s, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):], true
	}
	return s, "", false
}

// TestNeverListens: for a program that runs but never listens, there is an error.
func TestNeverListens(t *testing.T) {
	needLab(t)
	t.Parallel()
	file := write(t, "idle.yaml", embedded(t, "http: { port: 5000, body: Hello }", `exec: { command: [sleep, "60"], port: 5000 }`))
	r := tracer(t, "run", file, "--allow-exec")
	if want := "tracer: run flask/sleep: not listening on TCP port 5000 after 10s\n"; r.stderr != want || r.code != exitFailed {
		t.Errorf("code %d: %swant %s", r.code, r.stderr, want)
	}
}
