package tui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
)

var update = flag.Bool("update", false, "write the golden files anew")

// recorded reads a recording from testdata.
func recorded(t testing.TB, name string) *trace.Trace {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tr, err := export.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// opened starts a walk through a trace on a screen of the given size, after the first page.
func opened(tr *trace.Trace, w, h int, o Options) *model {
	o.Language = explain.English()
	m := newModel(tr, o)
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	m.page = pageNone
	return m
}

// press sends keys to a model, as a terminal would.
func press(m *model, keys ...string) {
	for _, k := range keys {
		m.Update(pressed(k))
	}
}

// pressed returns the message for a key.
func pressed(k string) tea.KeyPressMsg {
	codes := map[string]rune{
		"right": tea.KeyRight, "left": tea.KeyLeft, "up": tea.KeyUp, "down": tea.KeyDown, "enter": tea.KeyEnter, "esc": tea.KeyEscape,
		"tab": tea.KeyTab, "space": tea.KeySpace, "home": tea.KeyHome, "end": tea.KeyEnd, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp,
		"backspace": tea.KeyBackspace,
	}
	switch code, special := codes[k]; {
	case special:
		return tea.KeyPressMsg{Code: code}
	case strings.HasPrefix(k, "shift+"):
		return tea.KeyPressMsg{Code: codes[k[len("shift+"):]], Mod: tea.ModShift}
	}
	return tea.KeyPressMsg{Code: []rune(k)[0], Text: k}
}

// within checks that no line is wider than the screen, and that there are not too many
// lines.
func within(t *testing.T, what, screen string, w, h int) {
	t.Helper()
	lines := strings.Split(screen, "\n")
	if len(lines) > h {
		t.Errorf("%s: %d lines on a screen of %d", what, len(lines), h)
	}
	for i, line := range lines {
		if n := ansi.StringWidth(line); n > w {
			t.Errorf("%s: line %d has %d cells, not %d: %q", what, i+1, n, w, ansi.Strip(line))
		}
	}
}

// TestGolden checks the whole view of recorded traces at the reply's rewrite and at a drop, of
// a lesson that begins and one that has been walked, and of captures made with other programs.
//
// View the golden files with cat: they contain the escape sequences for colors.
func TestGolden(t *testing.T) {
	for _, scene := range []struct {
		name, recording string
		keys            []string
	}{
		{"rewrite", "flask-demo", []string{"n", "n"}},
		{"dropped", "unpublished", []string{"n"}},
		{"captures", "docker-captures", []string{"n", "tab"}},
		{"story", "flask-demo of the course", []string{"i"}},
		{"stage", "flask-demo", []string{"s", "n", "n"}},
		{"stage-seen", "flask-demo", []string{"s", "n", "]"}},
		{"stage-dropped", "unpublished", []string{"n", "s"}},
		{"stage-question", "flask-demo of the course", []string{"s", "n"}},
		{"requests", "flush-nat of the course", []string{">", "up", "n"}},
	} {
		var tr *trace.Trace
		if name, course := strings.CutSuffix(scene.recording, " of the course"); course {
			tr = lesson(t, name)
		} else {
			tr = recorded(t, name)
		}
		for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 30}, {200, 50}} {
			for _, look := range []struct {
				name string
				Options
			}{{"dark", Options{}}, {"light", Options{Light: true}}, {"ascii", Options{ASCII: true}}} {
				name := fmt.Sprintf("%s-%dx%d-%s", scene.name, size[0], size[1], look.name)
				m := opened(tr, size[0], size[1], look.Options)
				press(m, scene.keys...)
				got := m.draw()
				within(t, name, got, size[0], size[1])
				if look.ASCII {
					if i := strings.IndexFunc(got, func(r rune) bool { return r > '~' }); i >= 0 {
						t.Errorf("%s: not ASCII: %q", name, got[i:min(len(got), i+20)])
					}
				}
				path := filepath.Join("testdata", "golden", name)
				if *update {
					if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(path, []byte(got+"\n"), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if got+"\n" != string(want) {
					t.Errorf("%s differs; run the test with -update and look at the difference.\n%s", path, ansi.Strip(got))
				}
			}
		}
	}
}
