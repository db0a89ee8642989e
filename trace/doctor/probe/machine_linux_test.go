package probe

import (
	"testing"

	"tracer/sim/labtest"
	"tracer/trace/doctor"
)

func TestMain(m *testing.M) { labtest.Main(m, nil) }

// A machine that can run the other tests is fit.
func TestMachine(t *testing.T) {
	findings := doctor.Examine(t.Context(), Machine())
	for _, f := range findings {
		if f.State != doctor.Present && f.Feature.Required() {
			t.Errorf("%s: %s, %v", f.Feature, f.State, f.Err)
		}
		t.Logf("%-28s %s %v", f.Feature, f.State, f.Err)
	}
	if !doctor.Fit(findings) {
		t.Error("not fit")
	}
}
