package export

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/gopacket/pcapgo"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run the test with -update and look at the difference.\n%s", path, got)
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		width int
		ascii bool
	}{{0, false}, {80, false}, {120, false}, {0, true}} {
		var b bytes.Buffer
		if err := Text(&b, sample(), TextOptions{Language: explain.English(), Width: c.width, ASCII: c.ascii}); err != nil {
			t.Fatal(err)
		}
		plain := ansi.Strip(b.String())
		name := fmt.Sprintf("text-%d.txt", c.width)
		if c.ascii {
			name = "text-ascii.txt"
			if i := strings.IndexFunc(plain, func(r rune) bool { return r > 126 }); i >= 0 {
				t.Errorf("not ASCII: %q", plain[i:])
			}
		}
		golden(t, name, plain)
		for _, line := range strings.Split(plain, "\n") {
			if c.width > 0 && lipgloss.Width(line) > c.width {
				t.Errorf("width %d: %d cells: %q", c.width, lipgloss.Width(line), line)
			}
			if strings.HasSuffix(line, " ") {
				t.Errorf("space at the end: %q", line)
			}
		}
	}
}

// TestLevels: the brief text has the turning points, and rules that did not match only come
// on request.
func TestLevels(t *testing.T) {
	tr := sample()
	tr.Journeys[0].Hops[2].Steps[1].Unmatched = []trace.Unmatched{{Handle: 10, Text: "-i docker0 -j RETURN", Condition: "-i docker0", Was: "ens160"}}
	for _, c := range []struct {
		options                        TextOptions
		rewrite, rule, link, unmatched bool
	}{
		{TextOptions{Level: explain.Brief}, true, false, false, false},
		{TextOptions{Level: explain.Usual}, true, true, false, false},
		{TextOptions{}, true, true, true, false},
		{TextOptions{Unmatched: true}, true, true, true, true},
	} {
		var b bytes.Buffer
		c.options.Language = explain.English()
		if err := Text(&b, tr, c.options); err != nil {
			t.Fatal(err)
		}
		for what, want := range map[string]bool{
			"by this DNAT rule": c.rewrite, "-o docker0 -j ACCEPT": c.rule, "src_mac": c.link, "no match: -i docker0 (it is ens160)": c.unmatched,
		} {
			if strings.Contains(ansi.Strip(b.String()), what) != want {
				t.Errorf("level %d, unmatched %v: %q is there: %v", c.options.Level, c.options.Unmatched, what, !want)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, sample(), explain.English()); err != nil {
		t.Fatal(err)
	}
	golden(t, "trace.json", b.String())
}

// TestDocumentedKeys: every key that is written is in the format's description.
func TestDocumentedKeys(t *testing.T) {
	description, err := os.ReadFile(filepath.Join("..", "..", "docs", "trace-json.md"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	everything := full()
	everything.State.Nodes = append(everything.State.Nodes, network(t))
	if err := JSON(&b, everything, explain.English()); err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, value := range v {
				if !strings.Contains(string(description), "`"+key+"`") && !strings.Contains(string(description), "`"+key+"[]`") {
					t.Errorf("key %q is not described", key)
				}
				walk(value)
			}
		case []any:
			for _, value := range v {
				walk(value)
			}
		}
	}
	walk(doc)
}

func TestSave(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	d, err := store.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	set, err := d.Begin()
	if err != nil {
		t.Fatal(err)
	}
	written, err := Save(set, sample(), explain.English(), content("page"))
	if err != nil {
		t.Fatal(err)
	}
	// eth0 is in two nodes, so those files have the node's name too; the idle
	// loopback has none.
	want := []string{"client-eth0.pcap", "docker0.pcap", "ens160.pcap", "flask-eth0.pcap", "sample.html", "sample.pcapng", "trace.json"}
	if names := results(t, dir); !slices.Equal(names, want) || written != len(want) {
		t.Errorf("%d: %v", written, names)
	}
	f, err := os.Open(filepath.Join(dir, "ens160.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := pcapgo.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	var last time.Time
	for {
		_, info, err := r.ReadPacketData()
		if err != nil {
			break
		}
		if info.Timestamp.Before(last) {
			t.Error("not in order of time")
		}
		last = info.Timestamp
		n++
	}
	if n != 5 {
		t.Errorf("%d frames", n)
	}
}

// Whatever the nodes, interfaces and the scenario of a trace are called, its files are
// in the directory, one for each interface.
func TestSaveHostile(t *testing.T) {
	above := t.TempDir()
	dir := filepath.Join(above, "a", "b")
	long := strings.Repeat("../", 1300)
	tr := &trace.Trace{Scenario: "../../x"}
	for _, name := range []string{"", ".", "..", "../../x", "/x", "a/b", `..\\x`, "\x00", "CON", "con.", "eth0", "Eth0", long, long + "x", "\x1b[2J", "-rf", "client"} {
		n := trace.Node{Name: name}
		for _, i := range []string{"", "eth0", "Eth0", "../../x", "a-b", "b", long, name, name, "a/b", "only in " + name} {
			n.Interfaces = append(n.Interfaces, trace.Interface{Name: i})
			tr.Frames = append(tr.Frames, trace.Frame{Number: len(tr.Frames) + 1, Node: name, Interface: i})
			tr.Frames[len(tr.Frames)-1].Time = time.Unix(int64(len(tr.Frames)), 0)
		}
		tr.State.Nodes = append(tr.State.Nodes, n)
	}
	points := map[point]bool{}
	for _, f := range tr.Frames {
		points[point{f.Node, f.Interface}] = true
	}
	d, err := store.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	set, err := d.Begin()
	if err != nil {
		t.Fatal(err)
	}
	written, err := Save(set, tr, explain.English(), content("page"))
	if err != nil {
		t.Fatal(err)
	}
	if names := results(t, dir); len(names) != written || written != len(points)+3 {
		t.Errorf("%d files of %d: %q", len(names), len(points)+3, names)
	}
	for _, dir := range []string{above, filepath.Join(above, "a")} {
		if names := results(t, dir); len(names) != 1 {
			t.Errorf("%s has %q", dir, names)
		}
	}
}

// results lists a directory, without what is hidden.
func results(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestScenario(t *testing.T) {
	s, err := scenarios.Load("flask-demo")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Scenario(&b, s, explain.English(), false, false); err != nil {
		t.Fatal(err)
	}
	golden(t, "show-flask-demo.txt", ansi.Strip(b.String()))
}

// TestWidths: at any usual width, no line is wider that could be broken.
func TestWidths(t *testing.T) {
	for width := 80; width <= 200; width++ {
		var b bytes.Buffer
		if err := Text(&b, sample(), TextOptions{Language: explain.English(), Width: width}); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(ansi.Strip(b.String()), "\n") {
			if lipgloss.Width(line) > width {
				t.Errorf("width %d: %d cells: %q", width, lipgloss.Width(line), line)
			}
		}
	}
}

// TestForeignWords: --ascii holds also for what a scenario or a server says.
func TestForeignWords(t *testing.T) {
	tr := sample()
	tr.Answers[0].Text, tr.Headline = "200 Привет 🐳", "клиент → flask"
	s, err := scenarios.Load("flask-demo")
	if err != nil {
		t.Fatal(err)
	}
	s.Title, s.Story = "端口", strings.Repeat("é", 5001)
	for _, f := range []func(*bytes.Buffer) error{
		func(b *bytes.Buffer) error {
			return Text(b, tr, TextOptions{Language: explain.English(), ASCII: true})
		},
		func(b *bytes.Buffer) error { return Scenario(b, s, explain.English(), true, true) },
	} {
		var b bytes.Buffer
		if err := f(&b); err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexFunc(b.String(), func(r rune) bool { return r > 126 }); i >= 0 {
			t.Errorf("not ASCII: %q", b.String()[i:])
		}
		if strings.Contains(b.String(), `\x`) {
			t.Error("a character was cut in two")
		}
	}
	if got := plainASCII("a→\U0001f433\xff"); got != `a\u2192\U0001f433\xff` {
		t.Errorf("%s", got)
	}
}

func plainASCII(s string) string {
	var b bytes.Buffer
	fmt.Fprint(asciiWriter{&b}, s)
	return b.String()
}

func TestEmptyTrace(t *testing.T) {
	for _, f := range []func(*bytes.Buffer) error{
		func(b *bytes.Buffer) error { return Text(b, &trace.Trace{}, TextOptions{Language: explain.English()}) },
		func(b *bytes.Buffer) error { return JSON(b, &trace.Trace{}, explain.English()) },
	} {
		var b bytes.Buffer
		if err := f(&b); err != nil || b.Len() == 0 || strings.Contains(b.String(), "null") {
			t.Errorf("%v: %s", err, b.String())
		}
	}
}

// content writes a text.
func content(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}
