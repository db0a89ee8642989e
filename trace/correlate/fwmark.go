package correlate

import (
	"tracer/trace"
	"tracer/trace/nftrace"
)

// marked returns how the packet's mark changed in a chain. Each message of the rule trace
// has the mark as the rule left it, which identifies the rule. before is the packet's last
// observation in a chain, or nil: in the first chain, the packet still has the mark with
// which it arrived.
func (n *network) marked(before, o *observation) (list []trace.Change) {
	if before == nil || before.within != o.within {
		return nil
	}
	last := before.chain.last
	for i, mark := range o.chain.marks {
		s := &o.chain.steps[i]
		// The numbers by which tracer identifies packets are not the node's marks.
		if mark != last && !nftrace.Numbered(mark) && !nftrace.Numbered(last) {
			c := trace.Change{Field: trace.FieldMark, From: trace.Bits(last), To: trace.Bits(mark), Hook: s.Hook, Cause: trace.Cause{Kind: trace.CauseInferred}}
			if r := n.rule(o.node, s.RuleRef); r != nil && (r.Opaque || sets(r, &c)) {
				c.Cause = byRule(&c, s, r)
			}
			list = append(list, c)
		}
		last = mark
	}
	return list
}
