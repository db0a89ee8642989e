package export

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tracer/trace"
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
		if *update {
			if err := os.WriteFile(filepath.Join("..", "..", "tui", "testdata", name), again.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
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

// TestReadTyped: how packets ended, and the entries of flows, are read as they were.
func TestReadTyped(t *testing.T) {
	var b bytes.Buffer
	want := full()
	if err := JSON(&b, want, explain.English()); err != nil {
		t.Fatal(err)
	}
	got, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Lesson, want.Lesson) {
		t.Errorf("lesson: %+v, not %+v", got.Lesson, want.Lesson)
	}
	if !slices.EqualFunc(got.Answers, want.Answers, sameAnswer) {
		t.Errorf("answers: %+v, not %+v", got.Answers, want.Answers)
	}
	for i := range want.Journeys {
		if g, w := &got.Journeys[i], &want.Journeys[i]; g.Request != w.Request || !g.Traced.Equal(w.Traced) {
			t.Errorf("journeys[%d]: request %d at %s, not %d at %s", i, g.Request, g.Traced, w.Request, w.Traced)
		}
		mine, theirs := &got.Journeys[i], &want.Journeys[i]
		if len(mine.Outcome.Hooks) == 0 {
			mine.Outcome.Hooks = nil
		}
		if !reflect.DeepEqual(mine.Outcome, theirs.Outcome) {
			t.Errorf("journeys[%d]: %+v, not %+v", i, mine.Outcome, theirs.Outcome)
		}
		for k, h := range theirs.Hops {
			if !reflect.DeepEqual(mine.Hops[k].Changes, h.Changes) || !reflect.DeepEqual(mine.Hops[k].Conntrack, h.Conntrack) {
				t.Errorf("journeys[%d].hops[%d]: %+v, not %+v", i, k, mine.Hops[k], h)
			}
			if !reflect.DeepEqual(mine.Hops[k].Steps, h.Steps) {
				t.Errorf("journeys[%d].hops[%d]: %+v, not %+v", i, k, mine.Hops[k].Steps, h.Steps)
			}
		}
	}
	for i := range want.Flows {
		if got, want := got.Flows[i].Entry, want.Flows[i].Entry; got != want {
			t.Errorf("flows[%d]: %+v, not %+v", i, got, want)
		}
	}
}

func sameAnswer(a, b trace.Answer) bool {
	same := a.Began.Equal(b.Began) && a.Ended.Equal(b.Ended)
	a.Began, a.Ended, b.Began, b.Ended = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	return same && reflect.DeepEqual(a, b)
}

// TestReadMistakes: what is wrong with a document is said, and where.
func TestReadMistakes(t *testing.T) {
	text := string(recordings(t)["flask-demo.json"])
	position := regexp.MustCompile(`(journeys|flows)\[\d+\]`) // it differs between recordings
	for _, c := range []struct{ old, new, want string }{
		{`"schema": 1`, `"schema": 2`, "trace: schema 2, want 1"},
		{`"schema": 1`, `"schema": "1"`, "trace: json: cannot unmarshal string into Go value of type int, at offset 16"},
		{`"role": "client"`, `"role": "laptop"`, `trace: nodes[0]: "laptop" is not known`},
		{`"flow": 1,`, `"flow": 1, "request": 2,`, "trace: journeys[N].request: there is no request 2"},
		{`"flow": 1,`, `"flow": 1, "request": -1,`, "trace: journeys[N].request: there is no request -1"},
		{`"headline": "`, `"lesson": { "minutes": "ten" }, "headline": "`, "trace: lesson: json: cannot unmarshal string"},
		{`"frame": 1,`, `"frame": 999,`, "frame: there is no frame 999"},
		{`"field": "dst"`, `"field": "port"`, `trace: journeys[N]: "port" is not known`},
		{`"kind": "delivered"`, `"kind": "lost"`, `trace: journeys[N]: "lost" is not known`},
		{`"direction": "original"`, `"direction": "back"`, `trace: journeys[N]: "back" is not known`},
		{`"hook": "prerouting"`, `"hook": "nowhere"`, `"nowhere" is not known`},
		{`"verdict": "jump DOCKER"`, `"verdict": "accept DOCKER"`, `verdict "accept DOCKER": only a jump or goto has a chain`},
		{`"verdict": "jump DOCKER"`, `"was": ""`, "trace: journeys[N].hops[2]: steps[0] is of an unknown kind"},
		{`"conntrack_state": "TIME_WAIT"`, `"conntrack_state": "time_wait"`, `trace: flows[N]: "time_wait" is not known`},
		{`"from": "192.168.52.203:80"`, `"from": "192.168.52.203:http"`, "trace: journeys[N].hops[2].changes[0].from: "},
		{`"from": "64"`, `"from": "256"`, ".from: "},
		{`"route": "172.17.0.0/16 dev docker0"`, `"route": "172.17.0.0/16 by docker0"`, `.cause.route: route "172.17.0.0/16 by docker0": unknown option "by"`},
		{`"neighbour": "172.17.0.2"`, `"neighbour": "flask"`, `trace: journeys[N]: ParseAddr("flask"): unable to parse IP`},
		{`"mtu": 1500`, `"mtu": "big"`, "trace: nodes[0]: json: cannot unmarshal string"},
		{`"policy": "DROP"`, `"policy": "MAYBE"`, ""}, // what a rule does is known to its engine
		{`"text": "-i docker0 -j RETURN"`, `"text": "-i docker0 -j"`, ""},
	} {
		if !strings.Contains(text, c.old) {
			t.Errorf("%s: is not there", c.old)
		}
		_, err := Read(strings.NewReader(strings.Replace(text, c.old, c.new, 1)))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(position.ReplaceAllString(err.Error(), "$1[N]"), c.want)) {
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
		"outcome":{"kind":"dropped","reason":"policy","hook":"forward"}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		tr, err := Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := Text(&b, tr, TextOptions{Language: explain.English(), Width: 80}); err != nil {
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

// TestReadMemory: a trace that needs too much memory is read up to there, and the error
// is about the trace, not about the element that was one too many.
func TestReadMemory(t *testing.T) {
	const hop = `{"node":"h","interface":"e","direction":"in","time":"2026-01-02T03:04:05Z","frame":1,"evidence":"frames","steps":[`
	const step = `{"hook":"input","verdict":"drop"}`
	var b strings.Builder
	b.WriteString(`{"schema":1,"frames":[{"n":1,"direction":"in","time":"2026-01-02T03:04:05Z","length":14,"data":"AAAAAAAAAAAAAAAAiLU="}],"journeys":[`)
	for i := range 30 {
		fmt.Fprintf(&b, `{"id":%d,"direction":"reply","hops":[%s%s]}],"outcome":{"kind":"delivered"}},`, i+1, hop, strings.Repeat(step+",", 60_000)+step)
	}
	tr, err := Read(strings.NewReader(b.String()))
	if tr == nil || len(tr.Journeys) == 0 || err == nil || !strings.HasPrefix(err.Error(), "trace: the trace needs more memory than the limit allows") {
		t.Errorf("%v", err)
	}
}
