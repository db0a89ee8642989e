package tui

import (
	"strings"
	"testing"
)

// TestFragments: a hop that stands for several fragments says so in the list of hops and in
// what happened there; the panes that show a single frame say that it is only one of them.
func TestFragments(t *testing.T) {
	tr := recorded(t, "flask-demo")
	h := &tr.Journey(3).Hops[1]
	h.Fragments = []int{h.Frame, h.Frame} // two more
	m := opened(tr, 160, 50, Options{})
	press(m, "right")
	if n := strings.Count(shown(m), "in 3 fragments"); n != 2 {
		t.Errorf("said %d times:\n%s", n, shown(m))
	}
	for _, p := range []pane{paneLayers, paneHex} {
		if m.pane = p; !strings.Contains(shown(m), "one of the datagram's 3 fragments") {
			t.Errorf("pane %d does not say it:\n%s", p, shown(m))
		}
	}
	if press(m, "left"); strings.Contains(shown(m), "one of the datagram's") {
		t.Errorf("said of a whole packet:\n%s", shown(m))
	}
}
