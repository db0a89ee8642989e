// Package export writes a trace in the forms that leave the program: text for a
// person, JSON for a program, and pcap for Wireshark.
//
//	trace.Trace ─┬─ Text   ─▶ the walk, as a teacher would project it
//	             ├─ JSON   ─▶ trace.json, schema 1 (docs/trace-json.md)
//	             └─ Save   ─▶ a directory: trace.json and one pcap per interface
//
// Exports only read. What they say in words comes from package explain.
package export
