package articles

import (
	"strings"
	"testing"

	"tracer/scenarios"
)

// TestProofs: every row is proven by an expectation of a scenario or fault, or the file says
// why not; and expectations name only rows that exist.
func TestProofs(t *testing.T) {
	list, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	var all []*scenarios.Scenario
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	proofs, rows := Proofs(all), map[string]bool{}
	for _, a := range list {
		for _, r := range a.Rows {
			rows[r.ID] = true
			if len(proofs[r.ID]) == 0 && r.Outside == "" && r.Open == "" {
				t.Errorf("%s (%s): no expectation proves it, and there is no reason", r.ID, r.Shows)
			}
		}
	}
	for id, list := range proofs {
		if !rows[id] {
			t.Errorf("%s, line %d: there is no row %s", list[0].Scenario.Name, list[0].Expectation.Line, id)
		}
	}
}

// TestParse: unknown keys, missing texts, wrong numbers and contradictions are mistakes.
func TestParse(t *testing.T) {
	for row, want := range map[string]string{
		"{ id: 000-01, shows: A }":                              "",
		"{ id: 000-01, shows: A, says: B, kernel: C, open: D }": "",
		"{ id: 000-01, shows: A, colour: red }":                 "field colour not found",
		"{ id: 000-01, shows: A, shows: B }":                    "already defined",
		"{ id: 000-02, shows: A }":                              `row "000-02" must be 000-01`,
		"{ id: 000-01 }":                                        "does not say what the article shows",
		"{ id: 000-01, shows: A, says: B }":                     "both says and kernel",
		"{ id: 000-01, shows: A, kernel: B }":                   "both says and kernel",
		"{ id: 000-01, shows: A, outside: B, open: C }":         "both outside and open",
		`{ id: 000-01, shows: "A\nB" }`:                         "is not one line",
		`{ id: 000-01, shows: "A " }`:                           "is not one line",
	} {
		_, err := parse([]byte("- { id: \"000\", title: T, rows: [" + row + "] }\n"))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, not %q", row, err, want)
		}
	}
	for text, want := range map[string]string{
		"- { id: \"001\", title: T, rows: [] }": `article "001" must be 000`,
		"- { id: \"000\", rows: [] }":           "title is not one line",
		"article: 1":                            "cannot unmarshal",
	} {
		if _, err := parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, not %q", text, err, want)
		}
	}
}
