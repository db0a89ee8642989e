package store

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tracer/sim/labtest"
)

// hostile are texts that should not be file names.
func hostile(r *rand.Rand) []string {
	list := []string{
		"", ".", "..", "...", "/", "//", "../../x", "a/b", `a\b`, `C:\x`, "C:", "x:stream", "-rf", "--", "~", "~2", "a~2", "%", "%2F", "a%2Fb",
		"\x00", "a\x00b", "\n", "\x1b[2J", "\u009b2J", "\u202egnp", "con", "CON", "con.txt", "CON ", "nul", "COM1", "com¹", "LPT9.x", "aux.pcap", "prn.", "clock$",
		"eth0", "Eth0", "ETH0", "eth0.", "eth0 ", "eth0~2", "é", "e\u0301", "ß", "ſ", "K", "k", "\xff", "\xc3\x28", ".tracer.sha256", ".tracer-0123456789abcdef",
		"trace.json", "trace", "x.pcap", "client-eth0", strings.Repeat("a", 119), strings.Repeat("a", 120), strings.Repeat("a", 121), strings.Repeat("A", 121),
		strings.Repeat("/", 40), strings.Repeat("/", 41), strings.Repeat("x", 4096), strings.Repeat("x", 4095) + "y", strings.Repeat("\x00", 4096),
	}
	pieces := []string{"/", "..", ".", "a", "B", "b", "%", "~", "-", " ", "\x00", "\x7f", "con", "COM7", "é", "\xff", "%2F", "0"}
	for range 20_000 {
		var s string
		for range r.IntN(6) {
			s += pieces[r.IntN(len(pieces))]
		}
		list = append(list, s)
	}
	for range 2000 {
		b := make([]byte, r.IntN(300))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		list = append(list, string(b))
	}
	return list
}

// Whatever is asked for, a name is that of a file in the directory on any system, and
// no two are one.
func TestNames(t *testing.T) {
	var names Names
	seen := map[string]string{}
	for _, text := range hostile(labtest.Random(t)) {
		name := names.File(text, ".pcap")
		folded := strings.ToLower(name)
		if other, twice := seen[folded]; twice {
			t.Errorf("%q and %q are both %s", text, other, name)
		}
		seen[folded] = text
		if len(name) > 143 {
			t.Errorf("%q becomes a name of %d bytes", text, len(name))
		}
		if !strings.HasSuffix(name, ".pcap") || !Plain(name) || !result(name) {
			t.Errorf("%q becomes %q", text, name)
		}
		for _, c := range []byte(name) {
			if c <= ' ' || c >= 0x7f || strings.IndexByte(`/\:*?"<>|`, c) >= 0 {
				t.Errorf("%q becomes %q", text, name)
			}
		}
	}
}

// What is ordinary stays as it is, and what is asked for twice has a number.
func TestNamesReadable(t *testing.T) {
	var names Names
	for _, c := range []struct{ text, want string }{
		{"docker0", "docker0.pcap"}, {"client-eth0", "client-eth0.pcap"}, {"br-0123456789ab", "br-0123456789ab.pcap"},
		{"eth0.100", "eth0.100.pcap"}, {"veth@if2", "veth@if2.pcap"}, {"docker0", "docker0~2.pcap"}, {"Docker0", "Docker0~3.pcap"},
		{"a/b", "a%2Fb.pcap"}, {"../../x", "%2E.%2F..%2Fx.pcap"}, {"", "~.pcap"}, {"", "~~2.pcap"}, {"CON", "%43ON.pcap"}, {"-n", "%2Dn.pcap"},
	} {
		if got := names.File(c.text, ".pcap"); got != c.want {
			t.Errorf("%q becomes %q, not %q", c.text, got, c.want)
		}
	}
}

// Different texts have different names, without a number to tell them apart.
func TestSafeInjective(t *testing.T) {
	seen := map[string]string{}
	for _, text := range hostile(labtest.Random(t)) {
		name := Safe(text)
		if other, twice := seen[name]; twice && other != text {
			t.Errorf("%q and %q are both %s", text, other, name)
		}
		seen[name] = text
	}
}

// Equal names are numbered in linear time.
func TestNamesMany(t *testing.T) {
	var names Names
	const many = 200_000
	last := ""
	for range many {
		last = names.File("eth0", ".pcap")
	}
	if want := fmt.Sprintf("eth0~%d.pcap", many); last != want {
		t.Errorf("the last is %s, not %s", last, want)
	}
}

func FuzzSafe(f *testing.F) {
	for _, s := range []string{"docker0", "../x", "CON.", "\x00", strings.Repeat("é", 100)} {
		f.Add(s, s+"x")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := Safe(a), Safe(b)
		if a != b && x == y {
			t.Errorf("%q and %q are both %s", a, b, x)
		}
		if len(x) > maxBase || !Plain(x) {
			t.Errorf("%q becomes %q", a, x)
		}
	})
}
