package tui

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
	"tracer/trace/filter"
	"tracer/trace/store"
)

// Whatever a file contains, a trace read from it can be shown in every way.

var mutations = flag.Int("mutations", 8, "how many changed traces TestMutations tries of each recording")

// showAll shows a trace in every way: as text; as JSON and as a capture file, which it reads
// back; as captures of each interface; and on screens of several sizes.
func showAll(t *testing.T, tr *trace.Trace, screens [][2]int) {
	t.Helper()
	v := explain.English()
	for _, o := range []export.TextOptions{
		{}, {ASCII: true, Unmatched: true, Width: 40}, {Width: 100, Filter: filter.New("syn !rewritten")}, {Width: 200, Unmatched: true},
	} {
		o.Language = v
		if err := export.Text(io.Discard, tr, o); err != nil {
			t.Error(err)
		}
	}
	for name, write := range map[string]func(io.Writer, *trace.Trace, explain.Language) error{"json": export.JSON, "pcapng": export.PCAPNG} {
		var b bytes.Buffer
		if err := write(&b, tr, v); err != nil {
			if name == "json" {
				t.Error(err)
			}
			continue // a time outside the range of pcapng
		}
		text := bytes.Clone(b.Bytes())
		again, err := export.ReadFile(&b)
		if err != nil {
			t.Errorf("%s: cannot be read again: %v", name, err)
			continue
		}
		if b.Reset(); name == "json" {
			if err := export.JSON(&b, again, v); err != nil || !bytes.Equal(b.Bytes(), text) {
				t.Errorf("reading and writing it again changes it (%v)", err)
			}
		}
	}
	dir, err := store.Open(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	set, err := dir.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := export.PCAPs(set, tr); err != nil {
		t.Error(err)
	}
	if err := dir.Close(); err != nil {
		t.Error(err)
	}
	for i, size := range screens {
		walkAll(t, tr, size[0], size[1], Options{ASCII: i%2 == 1})
	}
}

// screens has a size for each layout.
var screens = [][2]int{{1, 1}, {60, 16}, {80, 24}, {120, 40}, {200, 60}}

// walkAll walks through a trace, with all kinds of keys, and all panes at some stops.
func walkAll(t *testing.T, tr *trace.Trace, w, h int, o Options) {
	t.Helper()
	m := opened(tr, w, h, o)
	check := func(k string) {
		press(m, k)
		screen := m.draw()
		if w > 1 { // a single cell is too small to check
			within(t, k, screen, w, h)
		}
	}
	for _, k := range []string{"<", "a", "?", "?", "n", "n", "N", "end", "right", "left", "pgdown", "pgup", "-", "+", "m", "r", "e", "]", "]", "[", "shift+right", "enter", "enter", "u", "n", "u", "i", "pgdown", "i", "A", "A", "/", "f", "i", "enter", "n", "esc", "g", "3", "enter"} {
		check(k)
	}
	press(m, "<")
	for i := range 12 {
		check([]string{"right", "right", "tab", "right", "end", "tab", "down"}[i%7])
	}
	for range panes {
		check("tab")
		m.draw()
	}
	for y := range h {
		m.click(w/2, y)
	}
	m.draw()
}

// TestRecordingsShown: unmodified recordings can be shown in every way.
func TestRecordingsShown(t *testing.T) {
	for _, name := range []string{"flask-demo", "unpublished", "docker-captures"} {
		showAll(t, recorded(t, name), screens)
	}
}

// TestMutations: modified recordings are either refused, or read and shown.
func TestMutations(t *testing.T) {
	first := labtest.Seed(t)
	for _, name := range []string{"flask-demo", "unpublished", "docker-captures", "localhost"} {
		text := document(t, name)
		read := 0
		for seed := first; seed < first+uint64(*mutations); seed++ {
			var doc any
			if err := json.Unmarshal(text, &doc); err != nil {
				t.Fatal(err)
			}
			m := mutator{labtest.RandomOf(seed), nil}
			what := ""
			for range 1 + m.IntN(3) {
				what += m.mutate(doc.(map[string]any)) + "; "
			}
			changed, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			if tr, _ := export.ReadFile(bytes.NewReader(changed)); tr != nil {
				read++
				shown := t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) { showAll(t, tr, screens) })
				if !shown {
					t.Errorf("%s, seed %d: %s", name, seed, what)
				}
			}
		}
		if read == 0 && *mutations > 10 {
			t.Errorf("%s: none of %d changed traces is read: nothing is tested", name, *mutations)
		}
	}
}

// document returns the text of a recording from this package, or of a scenario.
func document(t testing.TB, name string) []byte {
	t.Helper()
	if text, err := os.ReadFile(filepath.Join("testdata", name+".json")); err == nil {
		return text
	}
	f, err := os.Open(filepath.Join("..", "scenarios", "recordings", name+".json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tr, err := export.ReadFile(f)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := export.JSON(&b, tr, explain.English()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// mutator changes one thing in a document.
type mutator struct {
	*rand.Rand
	strings []string // from the document
}

var hostileNumbers = []float64{0, -1, 1, 2, 3, 7, 255, 1 << 16, math.MaxInt32, math.MinInt32, math.MaxInt64, 1e19, 0.5, -1e300}

var hostileStrings = []string{
	"", "-", "invalid IP", "invalid AddrPort", "0.0.0.0:0", "fe80::1%eth0", "::", "9999-12-31T23:59:59-23:59", "0000-01-01T00:00:00Z", "2026-01-02T03:04:05Z",
	"jump ", "jump X", "goto DOCKER", "return", "drop", "snat", "dnat", "rule", "conntrack", "inferred", "routing", "neighbour", "dropped", "unseen",
	"left", "delivered", "original", "reply", "in", "out", "-j ", "../../x", "a/b", "\x1b[31m", "\u202e\u009b", "数据包", "e\u0301\u200b", "src", "ttl", "icmp_id", "nat", "AAAA",
}

// mutate makes a change at a random place, and returns a description.
func (m *mutator) mutate(doc map[string]any) string {
	// Descend from the top, so that frequent elements are not the only ones changed.
	var at any = doc
	path := ""
	for {
		switch v := at.(type) {
		case map[string]any:
			keys := slices.Sorted(maps.Keys(v))
			if len(keys) == 0 {
				return path + " is empty"
			}
			k := keys[m.IntN(len(keys))]
			path += "." + k
			if inner(v[k]) && m.IntN(6) > 0 {
				at = v[k]
				continue
			}
			if m.IntN(8) == 0 {
				delete(v, k)
				return path + " is gone"
			}
			v[k] = m.other(v[k])
			return fmt.Sprintf("%s is %.60q", path, fmt.Sprint(v[k]))
		case []any:
			i := m.IntN(len(v))
			path += fmt.Sprintf("[%d]", i)
			if inner(v[i]) && m.IntN(8) > 0 {
				at = v[i]
				continue
			}
			v[i] = m.other(v[i])
			return fmt.Sprintf("%s is %.60q", path, fmt.Sprint(v[i]))
		}
	}
}

// inner reports whether a value has elements.
func inner(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return false
}

// other returns a replacement for a value, usually of the same type.
func (m *mutator) other(v any) any {
	if m.IntN(12) == 0 {
		return []any{nil, 1.0, "x", []any{}, map[string]any{}, true}[m.IntN(6)]
	}
	switch v := v.(type) {
	case float64:
		if m.IntN(2) == 0 {
			return v + float64(m.IntN(5)-2)
		}
		return hostileNumbers[m.IntN(len(hostileNumbers))]
	case string:
		return hostileStrings[m.IntN(len(hostileStrings))]
	case bool:
		return !v
	case []any:
		list := slices.Clone(v)
		m.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
		switch m.IntN(3) {
		case 0:
			return list
		case 1:
			return list[:m.IntN(len(list)+1)]
		}
		return append(list, list...)
	}
	return map[string]any{}
}

// FuzzFile: any file is either refused or can be shown.
func FuzzFile(f *testing.F) {
	f.Add([]byte(`{"schema":1}`))
	for _, name := range []string{"flask-demo", "docker-captures", "localhost"} {
		tr, err := export.Read(bytes.NewReader(document(f, name)))
		if err != nil {
			f.Fatal(err)
		}
		tr.Journeys = tr.Journeys[2:4] // short, so most changes matter
		for _, write := range []func(io.Writer, *trace.Trace, explain.Language) error{export.JSON, export.PCAPNG} {
			var b bytes.Buffer
			if err := write(&b, tr, explain.English()); err != nil {
				f.Fatal(err)
			}
			f.Add(b.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if tr, _ := export.ReadFile(bytes.NewReader(file)); tr != nil {
			i := len(file) % len(screens)
			showAll(t, tr, screens[i:i+1])
		}
	})
}
