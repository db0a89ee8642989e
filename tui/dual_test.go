package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/explain"
)

// compared starts a walk through two traces on a screen of the given size.
func compared(a, b *trace.Trace, w, h int, o Options) *dual {
	o.Language = explain.English()
	p := newDual(a, b, o)
	p.Update(tea.WindowSizeMsg{Width: w, Height: h})
	return p
}

// pressBoth sends keys to a walk through two traces.
func pressBoth(p *dual, keys ...string) {
	for _, k := range keys {
		p.Update(pressed(k))
	}
}

// TestDualGolden checks the whole view of two traces: at the first difference, at a packet that only
// one side has, and of the other side where one fits.
func TestDualGolden(t *testing.T) {
	for _, scene := range []struct {
		name, lesson, fault string
		keys                []string
	}{
		{"compare-rule", "flask-demo", "forward-drop", nil},
		{"compare-only", "flask-demo", "forward-drop", []string{"n", "n"}},
		{"compare-other", "flask-demo", "forward-drop", []string{"x", "right"}},
	} {
		a, b := lesson(t, scene.lesson), faulty(t, scene.lesson, scene.fault)
		for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 30}, {200, 50}} {
			for look, o := range map[string]Options{"dark": {}, "light": {Light: true}, "ascii": {ASCII: true}} {
				name := fmt.Sprintf("%s-%dx%d-%s", scene.name, size[0], size[1], look)
				p := compared(a, b, size[0], size[1], o)
				pressBoth(p, scene.keys...)
				got := p.draw()
				within(t, name, got, size[0], size[1])
				if o.ASCII {
					if i := strings.IndexFunc(got, func(r rune) bool { return r > '~' }); i >= 0 {
						t.Errorf("%s: not ASCII: %q", name, got[i:min(len(got), i+20)])
					}
				}
				path := filepath.Join("testdata", "golden", name)
				if *update {
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

// place is where the walk is on both sides.
func (p *dual) place() string {
	var sides []string
	for s, m := range p.sides {
		if p.words.Journey(p.packet(p.at), compare.Side(s)) == nil {
			sides = append(sides, "none")
			continue
		}
		sides = append(sides, m.place())
	}
	return strings.Join(sides, " ")
}

// TestDualKeys: each key moves both sides, and n goes from difference to difference.
func TestDualKeys(t *testing.T) {
	a, b := lesson(t, "flask-demo"), faulty(t, "flask-demo", "forward-drop")
	for keys, want := range map[string]string{
		"":            "#3.3:9 #3.3:8", // the rule that accepts, and none
		"left":        "#3.3:8 #3.3:7",
		"<":           "#1.1 #1.1",
		"< ]":         "#1.2 #1.2",
		"< down":      "#2.1 #2.1",
		"< n":         "#3.3:9 #3.3:8",
		"N":           "#3.3:9 #3.3:8", // there is none before
		"n":           "#4.1 none",
		"n N":         "#3.3:9 #3.3:8",
		"home":        "#3.1 #3.1",
		"home ] ]":    "#3.3:10 #3.3", // one has ended, the other has not
		"end left ?":  "#3.5 #3.3",
		"? right":     "#3.3:9 #3.3:8", // closes the help
		"< left up [": "#1.1 #1.1",
		"tab tab x u": "#3.3:9 #3.3:8",
	} {
		p := compared(a, b, 120, 30, Options{})
		pressBoth(p, strings.Fields(keys)...)
		if got := p.place(); got != want {
			t.Errorf("%q: at %s, not %s", keys, got, want)
		}
		if p.sides[0].pane != p.sides[1].pane {
			t.Errorf("%q: different panes", keys)
		}
		within(t, keys, p.draw(), 120, 30)
	}
	p := compared(a, b, 120, 30, Options{})
	pressBoth(p, "N")
	if got := ansi.Strip(p.draw()); !strings.Contains(got, "no difference before this one") {
		t.Error(got)
	}
}

// TestDualPlay: playing stops at a difference, and at the end.
func TestDualPlay(t *testing.T) {
	p := compared(lesson(t, "flask-demo"), faulty(t, "flask-demo", "forward-drop"), 120, 30, Options{})
	pressBoth(p, "<", "space")
	for range 200 {
		p.Update(tickMsg(p.tick))
	}
	if p.playing || p.place() != "#3.3:9 #3.3:8" {
		t.Errorf("playing: %t, at %s", p.playing, p.place())
	}
	same := lesson(t, "flask-demo")
	p = compared(same, same, 120, 30, Options{})
	if p.place() != "#1.1 #1.1" || !strings.Contains(ansi.Strip(p.draw()), "do not differ") {
		t.Errorf("at %s:\n%s", p.place(), ansi.Strip(p.draw()))
	}
	pressBoth(p, "space")
	for range 2000 {
		p.Update(tickMsg(p.tick))
	}
	if p.playing || p.at.packet != len(p.packets)-1 {
		t.Errorf("playing: %t, at %s", p.playing, p.place())
	}
}

// TestDualAll: every lesson and its faults can be walked through on screens of every size, whatever the
// keys.
func TestDualAll(t *testing.T) {
	for _, of := range [][2]string{{"flask-demo", "forward-drop"}, {"embedded-dns", "default-bridge"}, {"mtu-black-hole", "icmp-let-through"}, {"closed-door", "no-raw"}, {"published-ipv6", ""}} {
		a, b := lesson(t, of[0]), faulty(t, of[0], of[1])
		for _, size := range [][2]int{{1, 1}, {60, 16}, {80, 24}, {119, 20}, {120, 30}, {200, 50}} {
			p := compared(a, b, size[0], size[1], Options{})
			keys := []string{"u", "tab", "x", "?", "?", "pgdown", "n", "end", "]", "right", "down", "tab"}
			pressBoth(p, "<")
			for i := range 60 {
				pressBoth(p, keys[i%len(keys)])
				if size[0] > 1 {
					within(t, fmt.Sprint(of, i), p.draw(), size[0], size[1])
				}
			}
		}
	}
}

// TestDualMask: what is still to come is not shown, on either side.
func TestDualMask(t *testing.T) {
	p := compared(lesson(t, "flask-demo"), faulty(t, "flask-demo", "forward-drop"), 200, 50, Options{})
	if got := ansi.Strip(p.draw()); strings.Contains(got, "delivered") || strings.Contains(got, "dropped") || strings.Contains(got, "#4") {
		t.Errorf("it is known already:\n%s", got)
	}
	if pressBoth(p, "u"); !strings.Contains(ansi.Strip(p.draw()), "#4") {
		t.Errorf("u:\n%s", ansi.Strip(p.draw()))
	}
}

// TestDualEngines: with two engines, a row of rules with the same effect names both and is no difference.
func TestDualEngines(t *testing.T) {
	a, b := lesson(t, "flask-demo"), lesson(t, "flask-demo")
	for i := range b.State.Nodes {
		if e := b.State.Nodes[i].Engine; e != nil {
			e.Version = "29"
		}
	}
	for i := range b.Journeys {
		for k := range b.Journeys[i].Hops {
			for n := range b.Journeys[i].Hops[k].Steps {
				if s := &b.Journeys[i].Hops[k].Steps[n]; s.Chain == "DOCKER" {
					s.Chain = "OTHER"
				}
			}
		}
	}
	for _, size := range [][2]int{{80, 24}, {120, 30}} {
		p := compared(a, b, size[0], size[1], Options{})
		pressBoth(p, "down", "down")
		screen := ""
		for !strings.Contains(screen, "different rules, same effect") {
			before := p.at
			if pressBoth(p, "right"); p.at == before {
				t.Fatal("there are no such rules")
			}
			screen = ansi.Strip(p.draw())
		}
		_, said, _ := strings.Cut(screen, "different rules, same effect")
		for _, want := range []string{"nat DOCKER ! -i docker0", "nat OTHER ! -i docker0"} {
			if !strings.Contains(said, want) {
				t.Errorf("%v: no %q in\n%s", size, want, screen)
			}
		}
	}
}
