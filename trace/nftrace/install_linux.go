package nftrace

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
)

// Install adds tracer's table to the network namespace of the calling thread,
// in one transaction. The table goes with the namespace.
func Install(p Probe) error {
	conn, err := nftables.New()
	if err != nil {
		return fmt.Errorf("install rule trace: %w", err)
	}
	table := conn.AddTable(&nftables.Table{Name: Table, Family: nftables.TableFamilyIPv4})
	for _, name := range slices.Sorted(maps.Keys(chains)) {
		place := chains[name]
		chain := conn.AddChain(&nftables.Chain{
			Name: name, Table: table, Type: nftables.ChainTypeFilter,
			Hooknum:  nftables.ChainHookRef(hookNumbers[place.Hook]),
			Priority: nftables.ChainPriorityRef(nftables.ChainPriority(place.Priority)),
		})
		rule := func(e ...expr.Any) {
			// A rule that accepts costs one message; the end of a chain costs two.
			conn.AddRule(&nftables.Rule{Table: table, Chain: chain, Exprs: append(e, &expr.Verdict{Kind: expr.VerdictAccept})})
		}
		switch {
		case strings.HasPrefix(name, "start-"):
			rule(set(p.Rate)...)
		case strings.HasPrefix(name, "new-"):
			rule(append(isNew(), set(p.First)...)...)
			rule()
		default:
			rule()
		}
	}
	if err := conn.Flush(); err != nil {
		return fmt.Errorf("install rule trace: %w", err)
	}
	return nil
}

// hookNumbers are the kernel's.
var hookNumbers = map[Hook]nftables.ChainHook{
	Prerouting: *nftables.ChainHookPrerouting, Input: *nftables.ChainHookInput, Forward: *nftables.ChainHookForward,
	Output: *nftables.ChainHookOutput, Postrouting: *nftables.ChainHookPostrouting,
}

// set is "limit rate N/second burst M packets meta nftrace set 1".
func set(l Limit) []expr.Any {
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
