package page

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/sim/labtest"
	"tracer/trace/explain"
)

// TestValid: the Nu HTML Checker finds no error in the pages of all lessons and their faults, with
// what is in their chunks, in their comparisons, and in the style of the walk.
func TestValid(t *testing.T) {
	checker, java := labtest.File(t, "TRACER_VNU"), labtest.Peer(t, "java")
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text := written(t, captured(t))
	write("captures.html", whole(t, text))
	write("index.html", indexed(t))
	write("placed.html", whole(t, placed(t)))
	write("walk.css", inflated(t, parsed(t, text), "walk-style"))
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		write(name+".html", whole(t, written(t, recorded(t, name, ""))))
		for _, f := range s.Faults {
			write(name+"@"+f.Name+".html", whole(t, written(t, recorded(t, name, f.Name))))
			write(name+"@"+f.Name+" compared.html", withFault(t, name, f.Name))
		}
	}
	out, err := exec.CommandContext(t.Context(), java, "-jar", checker, "--also-check-css", "--errors-only", "--format", "gnu", dir).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// place is the place of a page in an album.
var place = Place{
	Index: Link{"index.html", "the course"}, Previous: Link{"a.html", "a lesson"}, Next: Link{"b.html", "another lesson"},
	Lesson: Link{"c.html", "without the fault"}, Faults: []Link{{"d.html", "a fault"}, {"e.html", "another fault"}},
}

// placed returns the page of a lesson in an album.
func placed(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	if err := Write(&out, recorded(t, "flask-demo", ""), Options{Language: explain.English(), Place: &place}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// indexed returns the index of an album.
func indexed(t *testing.T) string {
	t.Helper()
	lesson := Lesson{Link: place.Next, Number: 1, Name: "a-lesson", Headline: "client → host", Minutes: 5, After: place.Faults, Faults: place.Faults}
	var out strings.Builder
	if err := WriteIndex(&out, Course{{Topic: "a topic", Lessons: []Lesson{lesson}}}, Options{Language: explain.English()}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// whole returns a page with the HTML of its chunks in their place.
func whole(t *testing.T, text string) string {
	t.Helper()
	doc := parsed(t, text)
	return regexp.MustCompile(`(?s)<script type="?text/plain"? id="?((?:packets|details|entries)-\d+|walk-dialogs)"?[^>]*>.*?</script>`).ReplaceAllStringFunc(text, func(chunk string) string {
		id := attr(every(parsed(t, chunk), "script id")[0], "id")
		return inflated(t, doc, id)
	})
}
