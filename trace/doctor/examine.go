package doctor

import (
	"context"
	"slices"
	"strconv"
)

// Probe tries features.
type Probe interface {
	// Try returns nil if the machine has a feature, or else the reason why not.
	Try(context.Context, Feature) error
}

// Finding is the result for one feature.
type Finding struct {
	Feature Feature
	State   State
	Err     error   // Missing: why
	Needs   Feature // Untried: the missing feature it needs
}

// State is whether the machine has a feature.
type State uint8

// The states.
const (
	Present State = iota + 1
	Missing
	Untried // a feature it needs is missing
)

// String returns "yes", "no" or "not tried".
func (s State) String() string {
	switch s {
	case Present:
		return "yes"
	case Missing:
		return "no"
	case Untried:
		return "not tried"
	}
	return "state " + strconv.Itoa(int(s))
}

// Examine tries all features whose needs are met. It stops early if ctx is done.
func Examine(ctx context.Context, p Probe) []Finding {
	var out []Finding
	absent := map[Feature]bool{}
	for _, f := range Features() {
		if ctx.Err() != nil {
			break
		}
		found := Finding{Feature: f, State: Present}
		if i := slices.IndexFunc(f.needs(), func(n Feature) bool { return absent[n] }); i >= 0 {
			found.State, found.Needs = Untried, f.needs()[i]
		} else if found.Err = p.Try(ctx, f); found.Err != nil {
			found.State = Missing
		}
		absent[f] = found.State != Present
		out = append(out, found)
	}
	return out
}

// Fit reports whether flask-demo can run, that is, whether all required features are
// present.
func Fit(findings []Finding) bool {
	return len(findings) == len(Features()) && !slices.ContainsFunc(findings, func(f Finding) bool {
		return f.Feature.Required() && f.State != Present
	})
}
