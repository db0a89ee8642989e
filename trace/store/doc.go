// Package store saves results: files in a directory, under safe names, as a whole or
// not at all.
//
// A scenario, a capture or a trace may come from a stranger, and the directory that it
// is saved to may be one that other users can write to. So a name is made safe before
// it becomes a file's, and nothing is reached by a path that somebody could redirect:
// the directory is opened once, and all else happens inside of it.
//
//	Names ──▶ docker0.pcap, client-eth0.pcap, %2E.%2Fx.pcap
//	                │
//	Open ──▶ Dir ───┴─▶ Begin ─▶ Set ── Create ─▶ .tracer-5f1c…-1   written
//	                               │    Create ─▶ .tracer-5f1c…-2
//	                               │
//	                               └─── Commit ─▶ renamed, all of them: docker0.pcap, …
//
// A directory holds one set. Its list (.tracer.sha256, which sha256sum -c reads) says
// which files are tracer's: those are replaced, and removed when the next set has no
// such file. Captures that are not on it are somebody's work, and a directory with
// such captures is refused. [WriteFile] replaces a single file in the same way.
//
// docs/decisions/saving.md has the reasons.
package store
