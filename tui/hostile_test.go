package tui

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"tracer/trace/escape"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// styles matches the sequences for colors and weight, which the walk uses often.
var styles = regexp.MustCompile(`\x1b\[([0-9;]*)m`)

// TestHostile: every name, rule and address that can be any text contains sequences that
// would control a terminal. Every packet, stop and pane is drawn.
func TestHostile(t *testing.T) {
	for i, s := range []string{
		"\x1b]52;c;eA==\x07", "\x1b[8mx", "\r\n\t\x00\x7f", "\u009b2J\u0085", "\u202e\u2066\u200f\u061c", "\u2028\u2029", "a\u200d\u200b\ufeff", "\U000e0041\ufe0f",
		"e" + strings.Repeat("\u0301", 40), "\u3164\ue000\uffff", "数据包", "👩\u200d💻",
	} {
		name := []string{"flask-demo", "unpublished", "docker-captures"}[i%3]
		text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		journeys := doc["journeys"].([]any)
		doc["journeys"] = journeys[:min(4, len(journeys))]
		changed, err := json.Marshal(prefixed(doc, "", s))
		if err != nil {
			t.Fatal(err)
		}
		recorded, err := export.Read(strings.NewReader(string(changed)))
		if err != nil {
			t.Fatal(err)
		}
		m := newModel(recorded, Options{Language: explain.English()})
		for _, size := range [][2]int{{200, 60}, {60, 16}} {
			m.width, m.height = size[0], size[1]
			m.arrange()
			for packet := range m.list.len() {
				for stop := range len(m.list.At(packet).Hops) + 1 {
					m.goTo(m.list.arrived(packet, stop))
					for _, m.pane = range m.offered() {
						drawnWell(t, s, m.draw(), size[0])
					}
				}
			}
		}
		m.say(true, explain.LabelNotDone, s)
		drawnWell(t, s, m.draw(), 60)
		m.filter(s)
		drawnWell(t, s, m.draw(), 60)
		if m.recorded != recorded {
			t.Errorf("%q: what would be saved is not what was recorded", s)
		}
	}
}

func drawnWell(t *testing.T, s, screen string, width int) {
	t.Helper()
	for _, set := range styles.FindAllStringSubmatch(screen, -1) {
		if strings.HasPrefix(set[1], "8") {
			t.Fatalf("%q: a style of its own: %q", s, set[0])
		}
	}
	for line := range strings.SplitSeq(styles.ReplaceAllString(screen, ""), "\n") {
		for _, r := range line {
			if !escape.Printable(r) {
				t.Fatalf("%q: %q was drawn: %q", s, r, line)
			}
		}
	}
}

// free are the keys of trace.json whose values can be any text.
var free = map[string]bool{
	"scenario": true, "title": true, "headline": true, "kernel": true, "name": true, "node": true, "interface": true, "master": true,
	"summary": true, "text": true, "rule_text": true, "url": true, "from": true, "table": true, "chain": true, "policy": true,
	"condition": true, "was": true, "conntrack": true, "proxy": true, "protocol": true, "file": true, "foreign": true,
	"others_node": true, "others_interface": true, "story": true, "question": true, "answer": true, "refutes": true, "fault": true, "fault_title": true,
}

// followed are the words that can precede any text without spaces.
var followed = map[string][]string{"verdict": {"jump ", "goto "}, "route": {"dev "}, "routes": {"dev "}}

// prefixed adds a prefix to all of them.
func prefixed(v any, key, s string) any {
	switch v := v.(type) {
	case string:
		if free[key] {
			return s + v
		}
		for _, word := range followed[key] {
			if !strings.ContainsFunc(s, unicode.IsSpace) {
				v = strings.Replace(v, word, word+s, 1)
			}
		}
		return v
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			out[k] = prefixed(v[k], k, s)
			_, mapping := v["connections"]
			_, change := v["field"]
			if mapping || change && (k == "from" || k == "to") { // addresses
				out[k] = v[k]
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = prefixed(v[i], key, s)
		}
		return out
	}
	return v
}
