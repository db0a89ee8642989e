package page

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"tracer/scenarios"
	"tracer/sim/labtest"
)

// TestValid: the Nu HTML Checker finds no error in the pages of all lessons and their faults, with
// what is in their chunks, nor in the style of the walk.
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
	write("walk.css", inflated(t, parsed(t, text), "walk-style"))
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		write(name+".html", whole(t, written(t, recorded(t, name, ""))))
		for _, f := range s.Faults {
			write(name+"@"+f.Name+".html", whole(t, written(t, recorded(t, name, f.Name))))
		}
	}
	out, err := exec.CommandContext(t.Context(), java, "-jar", checker, "--also-check-css", "--errors-only", "--format", "gnu", dir).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
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
