package doctor

import (
	"context"
	"errors"
	"testing"
)

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
