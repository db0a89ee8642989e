// Package nflink talks to nf_tables over netlink: it sends transactions, and requests lists.
//
//	Batch.Add ─▶ message ─┐
//	Batch.Add ─▶ message ─┼─ Flush ─▶ kernel: all or none; the error names the first that it refuses
//	Batch.Add ─▶ message ─┘
//
//	Request ─────────────────────────▶ kernel ─▶ one message for each object
//
// Messages consist of netlink attributes (include/uapi/linux/netfilter/nf_tables.h), which
// [Field] and [Group] build.
package nflink
