// Package export writes a trace in the forms that leave the program: text for a
// person, JSON for a program, and pcap for Wireshark.
//
//	trace.Trace ─┬─ Text   ─▶ the walk, as a teacher would project it
//	             ├─ JSON   ─▶ trace.json, schema 1 (docs/trace-json.md)
//	             ├─ PCAPNG ─▶ all interfaces in one file, with comments, and the trace inside
//	             └─ Save   ─▶ a directory: these, and one pcap per interface
//
// [ReadFile] reads what JSON and PCAPNG wrote, even if a filter has left packets out.
// A file is a stranger's: it is read piece by piece, within limits (limits.go), and what
// comes out keeps what a trace promises.
//
//	file ─▶ gate ─▶ decoder ─▶ reader ─▶ trace.Trace ─▶ Check
//	        so much │ one element   │ each value, with
//	        and no more  at a time    where it is wrong
//
// Exports only read. What they say in words comes from package explain.
package export
