package export

import (
	"bytes"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/filter"
)

// lessonText is the text view of a run with three requests, the second of which sends
// nothing.
func lessonText(t *testing.T, o TextOptions) string {
	t.Helper()
	tr := sample()
	tr.Lesson = &trace.Lesson{
		Story: "docker run -d -p 80:5000 flask-app\n\nThe client connects.", Question: "Who translates the reply?",
		Answer: "conntrack.", Refutes: "MASQUERADE does.\x1b[31m", Fault: "forward-drop", FaultTitle: "A rule is gone",
	}
	tr.Answers = append(tr.Answers, trace.Answer{From: "host", URL: "iptables -t nat -F", Text: "done", Command: true},
		trace.Answer{From: "client", URL: "http://192.168.52.203/again", Text: "no answer"})
	for i, request := range []int{1, 3, 1, 0} { // the third packet comes after the second request's
		tr.Journeys[i].Request = request
	}
	var b bytes.Buffer
	o.Language = explain.English()
	if err := Text(&b, tr, o); err != nil {
		t.Fatal(err)
	}
	return ansi.Strip(b.String())
}

// TestTextLesson: story and question open the view, packets are grouped by request, and a
// command has its place between them. The answer is shown only on request.
func TestTextLesson(t *testing.T) {
	for name, o := range map[string]TextOptions{
		"lesson.txt": {}, "lesson-answer.txt": {Answer: true, Width: 80}, "lesson-ascii.txt": {Answer: true, ASCII: true},
	} {
		got := lessonText(t, o)
		golden(t, name, got)
		if strings.Contains(got, "MASQUERADE does") != o.Answer {
			t.Errorf("%s: the answer is shown: %v", name, !o.Answer)
		}
		for line := range strings.Lines(got) {
			if n := lipgloss.Width(strings.TrimSuffix(line, "\n")); o.Width > 0 && n > o.Width {
				t.Errorf("%s: %d cells: %q", name, n, line)
			}
		}
	}
	got := lessonText(t, TextOptions{Filter: filter.New("#2")})
	if strings.Contains(got, "request 1:") || !strings.Contains(got, "request 3:") || strings.Contains(got, "other packets") {
		t.Errorf("a filter leaves empty requests:\n%s", got)
	}
}

// TestTextWithoutRequests: a trace that does not say which packets belong to which request
// shows them in their order.
func TestTextWithoutRequests(t *testing.T) {
	tr := sample()
	tr.Answers = append(tr.Answers, tr.Answers[0])
	var b bytes.Buffer
	if err := Text(&b, tr, TextOptions{Language: explain.English()}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); strings.Contains(got, "request 1:") || strings.Contains(got, "other packets") {
		t.Error(ansi.Strip(got))
	}
}
