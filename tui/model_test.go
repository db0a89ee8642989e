package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tracer/trace"
)

// shown returns the screen without colors.
func shown(m *model) string { return ansi.Strip(m.draw()) }

// place is where the walk is: packet, stop, and moment unless it is at the stop.
func (m *model) place() string {
	s := fmt.Sprintf("#%d.%d", m.packet().ID, m.at.stop+1)
	if here := m.list.arrived(m.at.packet, m.at.stop); m.at != here {
		s += fmt.Sprintf(":%d", m.at.moment)
	}
	return s
}

// TestHidden: packets that nodes send on their own are not listed at first. The heading says
// so, and a key lists them.
func TestHidden(t *testing.T) {
	m := opened(recorded(t, "flask-demo"), 100, 30, Options{})
	press(m, ">", "end") // the whole trace is known
	shownPackets, hidden := m.list.len(), m.scene.hidden
	if hidden == 0 || !strings.Contains(shown(m), fmt.Sprintf("%d background (a shows)", hidden)) {
		t.Errorf("%d hidden:\n%s", hidden, shown(m))
	}
	press(m, "a")
	if m.list.len() != shownPackets+hidden || m.place() != "#14.6" {
		t.Errorf("%d packets of %d, at %s", m.list.len(), shownPackets+hidden, m.place())
	}
	press(m, "a")
	if m.list.len() != shownPackets {
		t.Errorf("%d packets", m.list.len())
	}
}

// TestPlay: nothing moves unless asked to; each tick is a step; ticks from before a pause
// are ignored; and playing stops at the end.
func TestPlay(t *testing.T) {
	m := opened(recorded(t, "flask-demo"), 100, 30, Options{})
	m.Update(tickMsg(0))
	m.Update(tickMsg(1))
	if m.place() != "#3.1" {
		t.Fatalf("it moved by itself to %s", m.place())
	}
	_, wait := m.Update(pressed("space"))
	if wait == nil {
		t.Fatal("nothing is waited for")
	}
	m.Update(tickMsg(m.tick))
	m.Update(tickMsg(m.tick - 1)) // an old one
	if m.place() != "#3.2" {
		t.Fatalf("after one tick it is at %s", m.place())
	}
	press(m, "space")
	m.Update(tickMsg(m.tick))
	if m.place() != "#3.2" {
		t.Fatalf("it moved while paused, to %s", m.place())
	}
	press(m, "space")
	for range 200 {
		m.Update(tickMsg(m.tick))
	}
	if m.place() != "#14.6" || m.playing {
		t.Errorf("played to %s, playing %v", m.place(), m.playing)
	}
}

// TestAgain: the walk continues while traffic is sent, and new packets join the list.
func TestAgain(t *testing.T) {
	whole := recorded(t, "flask-demo")
	first := *whole
	first.Journeys = whole.Journeys[:10]
	calls := 0
	var result error
	o := Options{ctx: t.Context(), beside: new(sync.WaitGroup), Again: func(context.Context) (*trace.Trace, error) {
		calls++
		return whole, result
	}}
	m := opened(&first, 120, 30, o)
	_, send := m.Update(pressed("r"))
	if _, second := m.Update(pressed("r")); send == nil || second != nil {
		t.Fatal("not sent, or sent twice")
	}
	if !strings.Contains(shown(m), "sending the traffic again") {
		t.Errorf("nothing is said:\n%s", shown(m))
	}
	press(m, "right")
	m.Update(send())
	if calls != 1 || m.recorded != whole || !strings.Contains(shown(m), "sent again: ") {
		t.Errorf("%d calls:\n%s", calls, shown(m))
	}
	if id := m.packet().ID; id <= 0 || id <= lastNumber(&first) {
		t.Errorf("at #%d, not at the first new packet", id)
	}
	result = errors.New("the host is gone")
	_, send = m.Update(pressed("r"))
	m.Update(send())
	if !strings.Contains(shown(m), "failed: the host is gone") {
		t.Errorf("the error is not shown:\n%s", shown(m))
	}
}

func lastNumber(t *trace.Trace) (n int) {
	for i := range t.Journeys {
		n = max(n, t.Journeys[i].ID)
	}
	return n
}

func TestExport(t *testing.T) {
	var result error
	var got *trace.Trace
	m := opened(recorded(t, "flask-demo"), 120, 30, Options{Export: func(tr *trace.Trace) (string, error) {
		got = tr
		return "some/dir", result
	}})
	_, save := m.Update(pressed("e"))
	m.Update(save())
	if got != m.recorded || !strings.Contains(shown(m), "saved to some/dir") {
		t.Errorf("%s", shown(m))
	}
	result = errors.New("disk full")
	_, save = m.Update(pressed("e"))
	m.Update(save())
	if !strings.Contains(shown(m), "failed: disk full") {
		t.Errorf("%s", shown(m))
	}
}

// TestMouse: a click selects a packet, hop or pane, and the wheel scrolls.
func TestMouse(t *testing.T) {
	m := opened(recorded(t, "flask-demo"), 120, 30, Options{NoMask: true})
	shown(m)
	l := &m.layout
	click := func(x, y int) { m.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}); shown(m) }
	click(l.packets.x+3, l.packets.y+6)
	if m.place() != "#6.1" {
		t.Errorf("clicked on the sixth packet: %s", m.place())
	}
	click(l.hops.x+3, l.hops.y+4)
	if m.place() != "#6.4" {
		t.Errorf("clicked on the fourth hop: %s", m.place())
	}
	m.Update(tea.MouseWheelMsg{X: l.hops.x + 1, Y: l.hops.y + 1, Button: tea.MouseWheelUp})
	if m.place() != "#6.3" {
		t.Errorf("scrolled the hops: %s", m.place())
	}
	for _, tab := range m.tabs() {
		click(l.detail.x+tab.from+1, l.detail.y)
		if m.pane != tab.pane {
			t.Errorf("clicked on %s", tab.name)
		}
	}
	m.Update(tea.MouseWheelMsg{X: l.packets.x + 1, Y: l.packets.y + 1, Button: tea.MouseWheelDown})
	if m.place() != "#7.1" {
		t.Errorf("scrolled the list: %s", m.place())
	}
	press(m, "m")
	if m.View().MouseMode == tea.MouseModeNone {
		t.Error("m does not switch the mouse on")
	}
}

// TestNothing: without packets, or with a filter that matches none, the walk still works
// with every key.
func TestNothing(t *testing.T) {
	empty := &trace.Trace{Scenario: "empty"}
	none := recorded(t, "flask-demo")
	for name, m := range map[string]*model{
		"empty": opened(empty, 80, 24, Options{}), "no match": opened(none, 80, 24, Options{Filter: "nothing-like-this"}),
	} {
		for i := range keymap {
			for _, k := range keymap[i].Keys() {
				if keymap[i].intent != quit {
					press(m, k)
					within(t, name, m.draw(), 80, 24)
					press(m, "esc")
					m.filter("nothing-like-this")
				}
			}
		}
		m.Update(tea.MouseClickMsg{X: 3, Y: 3})
		m.Update(tea.MouseWheelMsg{X: 3, Y: 3, Button: tea.MouseWheelDown})
	}
}

// foreign returns a trace with names in another script, and hostile text where text comes
// from outside.
func foreign(t testing.TB, name, word string) *trace.Trace {
	tr := recorded(t, name)
	rename := func(s string) string {
		if s == "" {
			return ""
		}
		return word + s
	}
	var nodes []trace.Node
	for _, n := range tr.State.Nodes {
		n.Name = rename(n.Name)
		for i := range n.Interfaces {
			if node, iface, ok := strings.Cut(n.Interfaces[i].Peer, "/"); ok {
				n.Interfaces[i].Peer = rename(node) + "/" + iface
			}
		}
		nodes = append(nodes, n)
	}
	tr.State.Nodes = nodes
	tr.Scenario, tr.Title, tr.Headline = rename(tr.Scenario), rename(tr.Title), strings.Repeat(word, 40)
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		j.Summary = word + j.Summary
		j.Outcome.Node = rename(j.Outcome.Node)
		for k := range j.Hops {
			j.Hops[k].Node = rename(j.Hops[k].Node)
			for s := range j.Hops[k].Steps {
				j.Hops[k].Steps[s].Text += " " + word
			}
		}
	}
	return tr
}

// TestForeign: with Chinese, Russian and hostile names, no line is wider than the screen, at
// any size, in any pane, at any stop.
func TestForeign(t *testing.T) {
	for _, word := range []string{"数据包", "контейнер", "\x1b[2J\x07", "e\u0301👩‍💻"} {
		for _, recording := range []string{"flask-demo", "unpublished"} {
			m := opened(foreign(t, recording, word), 80, 24, Options{})
			for _, size := range [][2]int{{60, 16}, {61, 17}, {79, 40}, {80, 24}, {110, 24}, {120, 30}, {170, 36}, {201, 51}, {300, 20}} {
				m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				for range panes {
					press(m, "tab")
					screen := m.draw()
					within(t, fmt.Sprintf("%q at %v", word, size), screen, size[0], size[1])
					if strings.Contains(screen, "\x1b[2J") || strings.Contains(screen, "\x07") {
						t.Fatal("a name has spoken to the terminal")
					}
				}
				press(m, "n", "right")
			}
		}
	}
}

// TestResize: the screen can be resized at any time, to any size.
func TestResize(t *testing.T) {
	m := opened(recorded(t, "unpublished"), 80, 24, Options{})
	keys := []string{"n", "tab", "right", "pgdown", "down", "tab", "?", "esc", "/", "s", "enter", "esc"}
	for i := range 3000 {
		w, h := (i*37)%230, (i*17)%70
		m.Update(tea.WindowSizeMsg{Width: w, Height: h})
		press(m, keys[i%len(keys)])
		within(t, fmt.Sprintf("%d×%d", w, h), m.draw(), max(w, 1), max(h, 1))
	}
}

// TestFooter: at every size and every stop, the last line names the keys for the next hop
// and for the help.
func TestFooter(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {60, 40}, {79, 16}, {80, 24}, {120, 30}, {200, 50}} {
		m := opened(recorded(t, "flask-demo"), size[0], size[1], Options{})
		press(m, "a")
		for range 60 {
			lines := strings.Split(shown(m), "\n")
			footer := lines[len(lines)-1]
			for _, want := range []string{"→ next step", "n ", "? keys"} {
				if !strings.Contains(footer, want) {
					t.Fatalf("%v, %s: no %q in %q", size, m.place(), want, footer)
				}
			}
			press(m, "right")
		}
	}
}

// TestMoreBelow: a number of lines agrees with its noun.
func TestMoreBelow(t *testing.T) {
	m := opened(recorded(t, "flask-demo"), 100, 30, Options{})
	press(m, "g", "8", "enter", "shift+tab", "shift+tab") // layers
	seen := map[int]bool{}
	for h := 24; h < 70; h++ {
		m.Update(tea.WindowSizeMsg{Width: 100, Height: h})
		screen, below := shown(m), m.view.below
		want := fmt.Sprintf("%d more lines (pgdn)", below)
		if below == 1 {
			want = " 1 more line (pgdn)"
		}
		if strings.Contains(screen, want) != (below > 0) {
			t.Errorf("%d lines below:\n%s", below, screen)
		}
		seen[below] = true
	}
	if !seen[0] || !seen[1] || !seen[2] {
		t.Errorf("lines below: %v", seen)
	}
}
