package nftrace

import (
	"encoding/binary"
	"maps"
	"slices"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/userdata"
	"golang.org/x/sys/unix"

	"tracer/trace"
)

// addChains queues the messages that add some of tracer's chains and their rules.
func addChains(conn *nftables.Conn, table *nftables.Table, c Config, which func(chain) bool) {
	for _, name := range slices.Sorted(maps.Keys(chains)) {
		if of := chains[name]; which(of) {
			addChain(conn, table, c, name, of)
		}
	}
}

func addChain(conn *nftables.Conn, table *nftables.Table, c Config, name string, of chain) {
	to := conn.AddChain(&nftables.Chain{
		Name: name, Table: table, Type: nftables.ChainTypeFilter,
		Hooknum:  nftables.ChainHookRef(hookNumbers[of.Hook]),
		Priority: nftables.ChainPriorityRef(nftables.ChainPriority(of.Priority)),
	})
	if of.traces == allPackets && c.Marks {
		number := func(e []expr.Any) {
			conn.AddRule(&nftables.Rule{Table: table, Chain: to, Exprs: e, UserData: numbers()})
		}
		if of.Hook == trace.Output {
			number(clearMark(table.Family))
		}
		number(setMark(table.Family, of.Hook))
	}
	// Every chain ends with a rule that accepts, which the kernel reports in one message.
	// It reports the end of a chain in two.
	rule := func(e ...expr.Any) {
		conn.AddRule(&nftables.Rule{Table: table, Chain: to, Exprs: append(e, &expr.Verdict{Kind: expr.VerdictAccept})})
	}
	switch of.traces {
	case allPackets:
		rule(setTrace(c.All)...)
		rule(&expr.Objref{Type: unix.NFT_OBJECT_COUNTER, Name: untracedName})
	case firstPackets:
		rule(append(isNew(), setTrace(c.First)...)...)
		rule()
	default:
		rule()
	}
}

// numbers is the comment of the rules that number packets: see [Probe.Unmark].
func numbers() []byte { return userdata.AppendString(nil, userdata.TypeComment, "numbers packets") }

// forFirst reports whether a chain is for the first packets of connections.
func forFirst(c chain) bool { return c.traces == firstPackets }

// untracedName is the name of the counter for packets beyond [Config.All].
const untracedName = "untraced"

func untraced(table *nftables.Table) *nftables.CounterObj {
	return &nftables.CounterObj{Table: table, Name: untracedName}
}

// hookNumbers are the kernel's.
var hookNumbers = map[trace.Hook]nftables.ChainHook{
	trace.Prerouting: *nftables.ChainHookPrerouting, trace.Input: *nftables.ChainHookInput, trace.Forward: *nftables.ChainHookForward,
	trace.Output: *nftables.ChainHookOutput, trace.Postrouting: *nftables.ChainHookPostrouting,
}

// clearMark is "meta l4proto igmp meta mark set 0", and for IPv6 "ip6 nexthdr 0 meta l4proto
// icmpv6 meta mark set 0": what seems to be the mark of a report of multicast groups is none (see
// [Numbered]).
func clearMark(f nftables.TableFamily) (exprs []expr.Any) {
	protocol := byte(unix.IPPROTO_IGMP)
	if f == nftables.TableFamilyIPv6 {
		protocol = unix.IPPROTO_ICMPV6
		const nextHeader = 6 // its offset in the IPv6 header
		exprs = append(exprs,
			&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: nextHeader, Len: 1},
			&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{unix.IPPROTO_HOPOPTS}})
	}
	return append(exprs,
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{protocol}},
		&expr.Immediate{Register: 1, Data: make([]byte, 4)},
		&expr.Meta{Key: expr.MetaKeyMARK, SourceRegister: true, Register: 1})
}

// setMark is "meta mark 0 meta mark set numgen inc mod N offset M": a packet without a mark
// gets the next number. The rule comes before the one that starts the trace, so that
// every message has the mark.
func setMark(f nftables.TableFamily, h trace.Hook) []expr.Any {
	first := uint32(markBase)
	if h == trace.Output {
		first += markOutput
	}
	if f == nftables.TableFamilyIPv6 {
		first += markIPv6
	}
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyMARK, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: make([]byte, 4)},
		&expr.Numgen{Register: 1, Type: unix.NFT_NG_INCREMENTAL, Modulus: markCount, Offset: first},
		&expr.Meta{Key: expr.MetaKeyMARK, SourceRegister: true, Register: 1},
	}
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
