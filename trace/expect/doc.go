// Package expect compares a run with the expectations of its scenario.
//
//	scenarios.Expectation + trace.Trace ──Check──▶ what was not met, in words
//	                                    ──Focus──▶ the places that they name
//
// Expectations keep a lesson true: if a kernel behaves differently, the run says so
// instead of teaching something wrong.
package expect
