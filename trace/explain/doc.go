// Package explain puts what package trace found into sentences.
//
//	trace.Change ──Voice.Change──▶ "by conntrack at postrouting: the reverse of #3's DNAT"
//
// Every sentence that tracer says about packets is in one [catalogue] per
// language, so no view writes prose of its own, and a translation is one table.
// English is the only language so far.
//
// A sentence says how sure it is: what the kernel reported is stated, what
// follows only from addresses is called inferred, and what was not recorded is
// said to be so.
package explain
