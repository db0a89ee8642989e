// Package export writes a trace in several formats: text for people, JSON for programs,
// and pcap for Wireshark.
//
//	trace.Trace ─┬─ Text   ─▶ every packet's path, for a terminal
//	             ├─ JSON   ─▶ trace.json, schema 1 (docs/trace-json.md)
//	             ├─ PCAPNG ─▶ all interfaces in one file, with comments, and the trace inside
//	             └─ Save   ─▶ a directory: these, and one pcap per interface
//
// CompareText and CompareJSON write where two traces differ (package compare; docs/compare.md).
//
// [ReadFile] reads what JSON and PCAPNG wrote, with or without a filter. A file may come
// from a stranger, so it is read piece by piece, within limits (limits.go), and the result
// satisfies [trace.Trace.Check].
//
//	                one element          the types of         limits, old
//	                at a time            document.go          versions
//	file ─▶ gate ─▶ json.Decoder ─▶ nodeDoc, journeyDoc, … ─▶ reader ─▶ trace.Trace ─▶ Check
//	        limits                            ▲
//	        bytes          trace.Trace ─▶ newNode, newJourney, … (json.go)
//
// Types of the model that look the same in the document have no doc type: they carry its
// keys as tags. Exports never change a trace. Their sentences come from package explain.
package export
