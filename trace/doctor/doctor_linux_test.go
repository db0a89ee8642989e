package doctor

import (
	"context"
	"errors"
	"testing"

	"tracer/sim/labtest"
)

func TestMain(m *testing.M) { labtest.Main(m, nil) }

// A machine that can run the other tests is fit.
func TestMachine(t *testing.T) {
	findings := Examine(t.Context(), Machine())
	for _, f := range findings {
		if f.State != Present && f.Feature.Required() {
			t.Errorf("%s: %s, %v", f.Feature, f.State, f.Err)
		}
		t.Logf("%-28s %s %v", f.Feature, f.State, f.Err)
	}
	if !Fit(findings) {
		t.Error("not fit")
	}
}

// lacking is a machine without some features.
type lacking map[Feature]bool

var errLacking = errors.New("not there")

func (l lacking) Try(_ context.Context, f Feature) error {
	if l[f] {
		return errLacking
	}
	return nil
}

func TestLacking(t *testing.T) {
	for _, f := range Features() {
		findings := Examine(t.Context(), lacking{f: true})
		if Fit(findings) == f.Required() {
			t.Errorf("without %s: fit is %v", f, Fit(findings))
		}
		for _, found := range findings {
			want := Present
			if found.Feature == f {
				want = Missing
			}
			for _, n := range found.Feature.needs() {
				if n == f || f == Rights && found.Feature != UserNamespaces {
					want = Untried
				}
			}
			if found.State != want || (found.Err != nil) != (want == Missing) {
				t.Errorf("without %s: %s is %s, want %s", f, found.Feature, found.State, want)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if Fit(Examine(ctx, lacking{})) {
		t.Error("fit, without having been examined")
	}
}
