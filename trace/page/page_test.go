package page

import (
	"bytes"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// recorded returns the trace of a lesson.
func recorded(t *testing.T, name, fault string) *trace.Trace {
	t.Helper()
	r, err := scenarios.Recording(name, fault)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := export.ReadFile(r)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// written returns the page of a trace.
func written(t *testing.T, tr *trace.Trace) string {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, tr, Options{Language: explain.English()}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestSize: the course is small enough to be carried around.
func TestSize(t *testing.T) {
	all := 0
	for _, name := range scenarios.Names() {
		n := len(written(t, recorded(t, name, "")))
		if all += n; name == "flask-demo" && n > 150_000 {
			t.Errorf("the page of %s has %d bytes", name, n)
		}
		t.Log(name, n)
	}
	if all > 2_000_000 {
		t.Errorf("all pages together have %d bytes", all)
	}
}
