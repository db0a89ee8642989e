package nftrace

import (
	"encoding/binary"
	"maps"
	"slices"
	"tracer/trace"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
)

// addChains queues the messages that add tracer's chains and their rules.
func addChains(conn *nftables.Conn, table *nftables.Table, l Limits) {
	for _, name := range slices.Sorted(maps.Keys(chains)) {
		c := chains[name]
		chain := conn.AddChain(&nftables.Chain{
			Name: name, Table: table, Type: nftables.ChainTypeFilter,
			Hooknum:  nftables.ChainHookRef(hookNumbers[c.Hook]),
			Priority: nftables.ChainPriorityRef(nftables.ChainPriority(c.Priority)),
		})
		// Every chain ends with a rule that accepts, which the kernel reports in one
		// message. It reports the end of a chain in two.
		rule := func(e ...expr.Any) {
			conn.AddRule(&nftables.Rule{Table: table, Chain: chain, Exprs: append(e, &expr.Verdict{Kind: expr.VerdictAccept})})
		}
		switch c.traces {
		case allPackets:
			rule(setTrace(l.All)...)
		case firstPackets:
			rule(append(isNew(), setTrace(l.First)...)...)
			rule()
		default:
			rule()
		}
	}
}

// hookNumbers are the kernel's.
var hookNumbers = map[trace.Hook]nftables.ChainHook{
	trace.Prerouting: *nftables.ChainHookPrerouting, trace.Input: *nftables.ChainHookInput, trace.Forward: *nftables.ChainHookForward,
	trace.Output: *nftables.ChainHookOutput, trace.Postrouting: *nftables.ChainHookPostrouting,
}

// setTrace is "limit rate N/second burst M packets meta nftrace set 1".
func setTrace(l Limit) []expr.Any {
	return []expr.Any{
		&expr.Limit{Type: expr.LimitTypePkts, Rate: l.PerSecond, Unit: expr.LimitTimeSecond, Burst: l.Burst},
		&expr.Immediate{Register: 1, Data: []byte{1}},
		&expr.Meta{Key: expr.MetaKeyNFTRACE, SourceRegister: true, Register: 1},
	}
}

// isNew is "ct state new".
func isNew() []expr.Any {
	mask := binary.NativeEndian.AppendUint32(nil, uint32(New))
	return []expr.Any{
		&expr.Ct{Key: expr.CtKeySTATE, Register: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: mask, Xor: make([]byte, 4)},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: make([]byte, 4)},
	}
}
