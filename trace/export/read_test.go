package export

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracer/trace/explain"
)

// recordings are traces of real runs.
func recordings(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "tui", "testdata", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	all := map[string][]byte{}
	for _, p := range paths {
		if all[filepath.Base(p)], err = os.ReadFile(p); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestRead: a trace that is read is written again to the byte.
func TestRead(t *testing.T) {
	for name, text := range recordings(t) {
		tr, err := Read(bytes.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var again bytes.Buffer
		if err := JSON(&again, tr, explain.English()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Bytes(), text) {
			a, b := strings.Split(again.String(), "\n"), strings.Split(string(text), "\n")
			for i := range min(len(a), len(b)) {
				if a[i] != b[i] {
					t.Errorf("%s, line %d: %q is now %q", name, i+1, b[i], a[i])
					break
				}
			}
		}
	}
}

// TestReadMistakes: what is wrong with a document is said, and where.
func TestReadMistakes(t *testing.T) {
	text := string(recordings(t)["flask-demo.json"])
	for _, c := range []struct{ old, new, want string }{
		{`"schema": 1`, `"schema": 2`, "trace: schema 2, want 1"},
		{`"schema": 1`, `"schema": "1"`, "trace: json: cannot unmarshal string into Go value of type int, at offset 16"},
		{`"role": "client"`, `"role": "laptop"`, `trace: nodes[0].role: "laptop" is not known`},
		{`"frame": 1,`, `"frame": 999,`, "frame: there is no frame 999"},
		{`"field": "dst"`, `"field": "port"`, `"port" is not known`},
		{`"kind": "delivered"`, `"kind": "lost"`, `trace: journeys[0].outcome.kind: "lost" is not known`},
		{`"policy": "DROP"`, `"policy": "MAYBE"`, `"MAYBE" is not known`},
		{`"text": "-i docker0 -j RETURN"`, `"text": "-i docker0 -j"`, "-j needs a value"},
		{`"mtu": 1500`, `"mtu": "big"`, "cannot unmarshal string"},
	} {
		_, err := Read(strings.NewReader(strings.Replace(text, c.old, c.new, 1)))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", c.new, err)
		}
	}
	for _, cut := range []int{0, 1, len(text) / 2, len(text) - 3} {
		if _, err := Read(strings.NewReader(text[:cut])); err == nil {
			t.Errorf("cut after %d bytes, it is read", cut)
		}
	}
}

// FuzzRead: whatever is read can be shown, and written and read again.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"schema":1}`))
	f.Add([]byte(`{"schema":1,"nodes":[{"name":"h","role":"host","chains":[{"table":"nat","chain":"X"}],"rules":[{"table":"nat","chain":"X","text":"-j DROP"}]}],
		"frames":[{"n":1,"node":"h","interface":"e","direction":"in","time":"2026-01-02T03:04:05Z","length":14,"data":"AAAAAAAAAAAAAAAAiLU="}],
		"journeys":[{"id":1,"direction":"reply","hops":[{"node":"h","interface":"e","direction":"in","time":"2026-01-02T03:04:05Z","frame":1,"evidence":"frames"}],
		"outcome":{"kind":"dropped"}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		tr, err := Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := Text(&b, tr, TextOptions{Voice: explain.English(), Width: 80}); err != nil {
			t.Error(err)
		}
		b.Reset()
		if err := JSON(&b, tr, explain.English()); err != nil {
			return // a time that has no text, for one
		}
		if _, err := Read(&b); err != nil {
			t.Errorf("cannot be read again: %v", err)
		}
	})
}
