// Package export writes a trace in several formats: text for people, JSON for programs,
// and pcap for Wireshark.
//
//	trace.Trace ─┬─ Text   ─▶ every packet's path, for a terminal
//	             ├─ JSON   ─▶ trace.json, schema 1 (docs/trace-json.md)
//	             ├─ PCAPNG ─▶ all interfaces in one file, with comments, and the trace inside
//	             └─ Save   ─▶ a directory: these, and one pcap per interface
//
// [ReadFile] reads what JSON and PCAPNG wrote, even if a filter has left packets out.
// A file may come from a stranger: it is read piece by piece, within limits (limits.go),
// and the result satisfies [trace.Trace.Check].
//
//	file ─▶ gate ─▶ decoder ─▶ reader ─▶ trace.Trace ─▶ Check
//	        limits    one        checks values, and
//	        bytes     element    reports the path of
//	                  at a time  an error
//
// Exports do not change the trace. Their sentences come from package explain.
package export
