package export

import (
	"bytes"
	"testing"

	"tracer/scenarios"
	"tracer/trace/explain"
)

// TestFiltered: of every recording, a trace with each of its packets alone is read
// again, is written the same, and can be shown.
func TestFiltered(t *testing.T) {
	for _, name := range scenarios.Names() {
		in, err := scenarios.Recording(name, "")
		if err != nil {
			t.Fatal(err)
		}
		whole, err := ReadFile(in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := whole.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i := range whole.Journeys {
			one := *whole
			one.Journeys = whole.Journeys[i : i+1 : i+1]
			if err := one.Check(); err != nil {
				t.Errorf("%s, only #%d: %v", name, one.Journeys[0].ID, err)
			}
			var text, again bytes.Buffer
			if err := JSON(&text, &one, explain.English()); err != nil {
				t.Fatal(err)
			}
			tr, err := Read(bytes.NewReader(text.Bytes()))
			if err != nil {
				t.Errorf("%s, only #%d: %v", name, one.Journeys[0].ID, err)
				continue
			}
			if err := JSON(&again, tr, explain.English()); err != nil || !bytes.Equal(text.Bytes(), again.Bytes()) {
				t.Errorf("%s, only #%d: written again it differs (%v)", name, one.Journeys[0].ID, err)
			}
			again.Reset()
			if err := Text(&again, tr, TextOptions{Language: explain.English()}); err != nil {
				t.Error(err)
			}
			again.Reset()
			if err := PCAPNG(&again, tr, explain.English()); err != nil {
				t.Error(err)
			}
		}
	}
}
