// Package expect checks a run against what its scenario says must be seen.
//
//	scenarios.Expectation + trace.Trace ──Check──▶ what was not met, in words
//
// Expectations are how a lesson stays true: if a kernel behaves otherwise, the
// run says so instead of teaching what is wrong.
package expect
