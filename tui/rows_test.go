package tui

import (
	"testing"

	"tracer/scenarios"
	"tracer/trace/export"
	"tracer/trace/outline"
)

// TestRows: at the end of each packet of each lesson, the list has every packet known, once, and
// names no request and no answer that are not in the projection.
func TestRows(t *testing.T) {
	for _, name := range scenarios.Names() {
		in, err := scenarios.Recording(name, "")
		if err != nil {
			t.Fatal(err)
		}
		whole, err := export.ReadFile(in)
		if err != nil {
			t.Fatal(err)
		}
		m := opened(whole, 100, 30, Options{})
		press(m, "a")
		for p := range m.list.len() {
			m.goTo(m.list.end(p))
			next, answers := 0, 0
			rows := m.rows()
			for i := range rows {
				r := &rows[i]
				if r.Listed() {
					if r.From != next {
						t.Fatalf("%s: at packet %d, %+v follows packet %d", name, p, *r, next-1)
					}
					next = r.To + 1
					continue
				}
				if r.Request > len(m.trace().Answers) {
					t.Fatalf("%s: at packet %d, request %d is not known", name, p, r.Request)
				}
				if r.Kind == outline.Answer {
					answers++
					if m.trace().Answers[r.Request-1].Text == "" {
						t.Fatalf("%s: at packet %d, answer %d is not known", name, p, r.Request)
					}
				}
			}
			if next != m.scene.known {
				t.Fatalf("%s: at packet %d, %d packets are listed, not %d", name, p, next, m.scene.known)
			}
			known := 0
			for _, a := range m.trace().Answers {
				if !a.Command && a.Text != "" {
					known++
				}
			}
			if headed := len(whole.Answers) > 1; answers != known && (headed || !m.trace().Ongoing) {
				t.Fatalf("%s: at packet %d, %d answers are listed, not %d", name, p, answers, known)
			}
		}
	}
}
