package page

import (
	"slices"

	"tracer/trace/compare"
	"tracer/trace/explain"
)

// compareLabels are the words of a comparison that do not depend on the traces.
type compareLabels struct {
	First, Setup, Deciders, Requests, None, Ignored, Differs string
}

func newCompareLabels(l *compare.Words) *compareLabels {
	return &compareLabels{
		First: l.Format(explain.CompareFirst), Setup: l.Format(explain.CompareSetup), Deciders: l.Format(explain.CompareDeciders), Requests: l.Format(explain.CompareRequests),
		None: l.Format(explain.CompareNoStep), Ignored: l.Ignored(), Differs: l.Format(explain.CompareDiffers),
	}
}

// compareKeys lists the keys that a comparison has. They mean the same as in the walk.
func compareKeys(l explain.Language) []key {
	without := []string{"g", " ", "+", "v", "Escape", "Enter", "a"}
	return slices.DeleteFunc(keys(l), func(k key) bool { return slices.Contains(without, k.Caps[0].Key) })
}
