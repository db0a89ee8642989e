package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// head is the beginning of a scenario, up to its first node.
const head = `name: big
title: Big
traffic: [{from: client, get: "http://10.0.0.2/"}]
nodes:
  client: {role: client, interfaces: {eth0: {addresses: [10.0.0.1/24]}}}
`

// lines repeats a line, with a number in it.
func lines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, strings.ReplaceAll(format, "%d", "%[1]d")+"\n", i)
	}
	return b.String()
}

// host returns head with a host, and more text.
func host(more string) string {
	return head + `  host:
    role: host
    engine: "20.10"
    interfaces: {eth0: {addresses: [10.0.0.2/24], link: client/eth0}}
` + more
}

// large has functions for scenarios with n elements of one kind.
var large = map[string]func(n int) string{
	"chained chains": func(n int) string {
		text := host("    rules:\n") + lines(n, "    - -N C%d")
		for i := range n - 1 {
			text += fmt.Sprintf("    - -A C%d -j C%d\n", i, i+1)
		}
		return text
	},
	"rules": func(n int) string {
		return host("    rules:\n") + lines(n, "    - -A FORWARD -s 10.0.0.1/32 -p tcp -m tcp --dport 1%d -j DROP")
	},
	"published ports": func(n int) string {
		return host("") + "services:\n  web:\n    host: host\n    http: {port: 80}\n    publish:\n" + lines(n, "    - 1%d:80")
	},
	"nodes": func(n int) string {
		return head + lines(n, "  a%d: {role: client, interfaces: {eth0: {link: b%d/eth0}}}") + lines(n, "  b%d: {role: client, interfaces: {eth0: {}}}") +
			"  host: {role: client, interfaces: {eth0: {link: client/eth0}}}\n"
	},
	"containers": func(n int) string {
		return host("") + "services:\n" + lines(n, "  c%d: {host: host, http: {port: 80}}")
	},
	"routes": func(n int) string {
		return host("    routes:\n") + lines(n, "    - 10.1.0.%d/32 dev eth0")
	},
	"sysctls": func(n int) string {
		return host("    sysctls: {net.ipv4.ip_forward: 1}\n") + "faults:\n" + lines(n, "  f%d: {title: t, sysctls: {host: {net.ipv4.ip_forward: 0}}, expect: [{answer: no}]}")
	},
}

// sizes are values of n for [large]. Eight times as many are still within the limits.
var sizes = map[string]int{"chained chains": 300, "rules": 600, "published ports": 600, "nodes": 15, "containers": 30, "routes": 30, "sysctls": 6}

// TestLinear: the memory for reading and validating a scenario grows linearly with its
// size. BenchmarkParse measures the time.
func TestLinear(t *testing.T) {
	for name, n := range sizes {
		allocated := func(n int) uint64 {
			text := []byte(large[name](n))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := Parse("f.yaml", text); err != nil {
				t.Fatalf("%d %s: %.500v", n, name, err)
			}
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		if few, many := allocated(n), allocated(8*n); many > 12*few {
			t.Errorf("%d %s allocate %d bytes, and %d allocate %d", n, name, few, 8*n, many)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for name, n := range sizes {
		for _, n := range []int{n, 8 * n} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				text := []byte(large[name](n))
				for b.Loop() {
					if _, err := Parse("f.yaml", text); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// TestTooMuch: whatever exceeds a limit is refused, with its place in the file.
func TestTooMuch(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nodes":    {large["nodes"](200), "f.yaml:5:3: nodes: has 402 elements; the limit is 250"},
		"rules":    {large["rules"](5001), "nodes.host.rules: has 5001 elements; the limit is 5000"},
		"allports": {host("") + "services:\n  web:\n    host: host\n    http: {port: 80}\n    publish:\n" + strings.Repeat("    - 1001-2000:1001-2000\n", 6), "f.yaml:20:7: services.web.publish[5]: exceeds the limit of 5000 published ports per scenario"},
		"sizes":    {host("    services:\n") + lines(17, "    - http: {port: 1%d, size: 1048576}"), "exceeds the limit of 16777216 bytes of answers per scenario"},
		"text":     {head + "story: " + strings.Repeat("x", maxText+1) + "\n", "story: has 16385 bytes; the limit is 16384"},
		"key":      {head + "  " + strings.Repeat("x", 300) + ": {}\n", "f.yaml:6:3: nodes: has 300 bytes; the limit is 255"},
		"argv":     {host("    services:\n    - exec: {port: 80, command: [" + strings.Repeat("a,", 65) + "]}\n"), "command: has 65 elements; the limit is 64"},
		"problems": {host("    rules:\n") + lines(300, "    - -A NONE%d"), "has more than 100 problems"},
	} {
		_, err := Parse("f.yaml", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 64<<10 {
			t.Errorf("%s: %.300v", name, err)
		}
	}
	// No file is read beyond the limit.
	path := filepath.Join(t.TempDir(), "long.yaml")
	if err := os.WriteFile(path, make([]byte, 3*maxFile), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, text, err := Read(path); err != nil || len(text) != maxFile+1 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}
