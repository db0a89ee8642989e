// Command benchmarks measures what tracer promises, against the programs it is compared
// with, and writes the table of docs/benchmarks.md.
//
//	sh docs/benchmarks/run.sh
//
//	go test -bench … ─▶ metrics of every run ─▶ median, minimum, maximum ─▶ docs/benchmarks.md
//	                                                              notes.md ─┘
//
// Every row is a Go benchmark next to the code it measures. Each runs several times; the
// table gives the median, minimum and maximum.
package main
