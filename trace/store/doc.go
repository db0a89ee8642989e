// Package store saves results: files in a directory, under safe names, as a whole or
// not at all.
//
// Names may come from a stranger's scenario, capture or trace, and other users may be able
// to write to the directory. So names are made safe before they become file names, and no
// path is used that another user could redirect: the directory is opened once, and all
// operations are relative to it.
//
//	Names ──▶ docker0.pcap, client-eth0.pcap, %2E.%2Fx.pcap
//	                │
//	Open ──▶ Dir ───┴─▶ Begin ─▶ Set ── Create ─▶ .tracer-5f1c…-1   written
//	                               │    Create ─▶ .tracer-5f1c…-2
//	                               │
//	                               └─── Commit ─▶ all renamed: docker0.pcap, …
//
// A directory holds one set. Its list (.tracer.sha256, in the format of sha256sum -c) says
// which files are tracer's: the next set replaces these, and removes those that it does
// not contain. Captures and pages that are not on the list are somebody's work, and a directory
// with such files is refused. [WriteFile] replaces a single file in the same way.
//
// docs/decisions/saving.md gives the reasons.
package store
