package tui

import (
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
)

// TestStage: in every lesson and at every turning point, the stage view fits the screen, names
// the interfaces so far, inverts what has changed, says what happened, and asks the question.
func TestStage(t *testing.T) {
	for _, name := range scenarios.Names() {
		tr := lesson(t, name)
		for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 30}, {200, 50}} {
			m := opened(tr, size[0], size[1], Options{})
			press(m, "s")
			question := strings.Fields(tr.Lesson.Question)[:3]
			for range 12 {
				screen := shown(m)
				within(t, name, m.draw(), size[0], size[1])
				if !strings.Contains(screen, strings.Join(question, " ")) {
					t.Fatalf("%s at %v: no question:\n%s", name, size, screen)
				}
				if h := m.present(); h != nil && !strings.Contains(screen, h.Packet.Destination()) {
					t.Fatalf("%s at %v: no %s in\n%s", name, size, h.Packet.Destination(), screen)
				}
				said := &text{width: 200}
				m.justNow(said)
				if len(said.lines) == 0 {
					t.Fatalf("%s at %v, %s: nothing is said:\n%s", name, size, m.place(), screen)
				}
				if press(m, "n"); m.note != "" {
					break
				}
			}
		}
	}
}

// TestStageSentence checks what the stage view says at steps of a packet, and which cells it
// inverts.
func TestStageSentence(t *testing.T) {
	m := opened(lesson(t, "flask-demo"), 80, 24, Options{})
	press(m, "g", "3", "enter", "s")
	for _, step := range []struct{ key, want string }{
		{"", "sent by client on eth0"},
		{"]", "over the cable from client/eth0 to host/ens160"},
		{"right", "in host, the packet reaches prerouting"},
		{"right", "conntrack entry created"},
		{"n", "host: dst 192.168.52.203:80 ⇒ 172.17.0.2:5000"},
	} {
		if step.key != "" {
			press(m, step.key)
		}
		if screen := shown(m); !strings.Contains(screen, step.want) {
			t.Errorf("%q: no %q in\n%s", step.key, step.want, screen)
		}
	}
	cells := headerCells("", m.present())
	if cells[1].changed || !cells[2].changed || cells[3].changed {
		t.Errorf("DNAT changes %v", cells)
	}
	press(m, "esc")
	if m.staged {
		t.Error("esc does not leave the stage view")
	}
}

// TestCompare: values before and after are those of the changes; other fields stay.
func TestCompare(t *testing.T) {
	m := opened(lesson(t, "flask-demo"), 200, 50, Options{})
	press(m, "s", "g", "3", "enter", "n", "]")
	for _, want := range []string{"192.168.52.203:80     172.17.0.2:5000", "ttl      64                    63"} {
		if !strings.Contains(shown(m), want) {
			t.Errorf("no %q in\n%s", want, shown(m))
		}
	}
	h := trace.Hop{Changes: []trace.Change{{Field: trace.FieldMSS, From: trace.Number(1460), To: trace.Number(1200)}}}
	list := fields(&h)
	if last := list[len(list)-1]; last.field != trace.FieldMSS {
		t.Errorf("a changed field is missing: %v", list)
	}
	if weight(explain.KindUnmatched) != 0 {
		t.Error("rules that did not match are shown")
	}
}

// TestHopLimit: of an IPv6 packet, the table of the stage view and the headers before and after name the
// hop limit.
func TestHopLimit(t *testing.T) {
	for name, hlim := range map[string]bool{"published-ipv6": true, "flask-demo": false} {
		m := opened(lesson(t, name), 200, 50, Options{})
		press(m, "n", "]")
		walk := shown(m)
		press(m, "s")
		for _, screen := range []string{walk, shown(m)} {
			if has := strings.Contains(screen, "hlim "); has != hlim || strings.Contains(screen, " ttl ") == hlim {
				t.Errorf("%s:\n%s", name, screen)
			}
		}
	}
}
