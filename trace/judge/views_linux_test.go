package judge

import (
	"bytes"
	"io"
	"testing"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// shown checks that a trace can be shown, and that it reads back as it was saved.
func shown(t *testing.T, tr *trace.Trace) {
	t.Helper()
	if err := export.Text(io.Discard, tr, export.TextOptions{Language: explain.English(), Unmatched: true}); err != nil {
		t.Errorf("text: %v", err)
	}
	var saved, again bytes.Buffer
	if err := export.JSON(&saved, tr, explain.English()); err != nil {
		t.Fatal(err)
	}
	read, err := export.Read(bytes.NewReader(saved.Bytes()))
	if err != nil {
		t.Errorf("what was saved cannot be read: %v", err)
		return
	}
	if err := export.JSON(&again, read, explain.English()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(saved.Bytes(), again.Bytes()) {
		t.Errorf("what was saved differs when it is saved again")
	}
}
