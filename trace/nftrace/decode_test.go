package nftrace

import (
	"encoding/binary"
	"reflect"
	"strings"
	"testing"

	"github.com/mdlayher/netlink"

	"tracer/trace"
	"tracer/trace/conntrack"
)

// message builds a message as the kernel does.
func message(t testing.TB, fill func(*netlink.AttributeEncoder)) netlink.Message {
	t.Helper()
	ae := netlink.NewAttributeEncoder()
	ae.ByteOrder = binary.BigEndian
	fill(ae)
	b, err := ae.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return netlink.Message{Data: append([]byte{2, 0, 0, 0}, b...)}
}

func jump(ae *netlink.AttributeEncoder) {
	ae.Uint32(attrType, uint32(Rule))
	ae.Uint32(attrID, 0xcafe)
	ae.String(attrTable, "nat")
	ae.String(attrChain, "PREROUTING")
	ae.Uint64(attrRuleHandle, 6)
	ae.Nested(attrVerdict, func(n *netlink.AttributeEncoder) error {
		code := int32(Jump)
		n.Uint32(attrVerdictCode, uint32(code))
		n.String(attrVerdictChain, "DOCKER")
		return nil
	})
	ae.Uint32(attrIn, 2)
	ae.Uint32(attrMark, 0x60000007)
	ae.Bytes(attrLinkHeader, []byte("12345678901234"))
	ae.Bytes(attrNetHeader, []byte{0x45})
	ae.Bytes(attrTransHeader, []byte{0, 80})
	ae.Uint32(attrCtID, 77)
	ae.Uint8(attrCtDirection, 1)
	ae.Uint32(attrCtStatus, uint32(conntrack.DestNAT|conntrack.Confirmed))
	ae.Uint32(attrCtState, uint32(Established))
	ae.Uint32(200, 5) // from a later kernel
}

func TestDecode(t *testing.T) {
	m, err := decode(message(t, jump))
	if err != nil {
		t.Fatal(err)
	}
	want := Message{
		ID: 0xcafe, Kind: Rule, Family: FamilyIPv4, Table: "nat", Chain: "PREROUTING", Rule: 6, Verdict: Verdict{Jump, "DOCKER"}, In: 2, Mark: 0x60000007,
		Link: []byte("12345678901234"), Network: []byte{0x45}, Transport: []byte{0, 80},
		Conntrack: &Conntrack{ID: 77, Direction: trace.Reply, Status: conntrack.DestNAT | conntrack.Confirmed, State: Established},
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("%+v", m)
	}
	if m.Verdict.String() != "jump DOCKER" || m.Verdict.Terminal() || m.EndOfRules() {
		t.Errorf("verdict %s", m.Verdict)
	}
	policy, err := decode(message(t, func(ae *netlink.AttributeEncoder) {
		ae.Uint32(attrType, uint32(Policy))
		ae.Uint32(attrPolicy, uint32(Drop)|13<<16) // NF_DROP_ERR(EACCES)
		ae.Uint32(attrOut, 4)
	}))
	if err != nil || policy.Kind != Policy || policy.Policy.Code != Drop || policy.Policy.String() != "drop" || !policy.Policy.Terminal() || policy.Out != 4 || policy.Conntrack != nil {
		t.Errorf("%+v, %v", policy, err)
	}
}

func TestDecodeErrors(t *testing.T) {
	whole := message(t, jump).Data
	for _, c := range []struct {
		name  string
		bytes []byte
		want  string
	}{
		{"nothing", nil, "0 bytes are too short"},
		{"no type", message(t, func(ae *netlink.AttributeEncoder) { ae.Uint32(attrID, 1) }).Data, "no type"},
		{"short number", message(t, func(ae *netlink.AttributeEncoder) { ae.Uint16(attrID, 1) }).Data, "nftrace message"},
		{"long number", message(t, func(ae *netlink.AttributeEncoder) { ae.Uint64(attrType, 1) }).Data, "nftrace message"},
		{"cut", whole[:len(whole)-3], "nftrace message"},
	} {
		if _, err := decode(netlink.Message{Data: c.bytes}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestNames(t *testing.T) {
	for want, got := range map[string]interface{ String() string }{
		"policy": Policy, "return": Return, "rule": Rule, "unknown": Kind(9),
		"new": New, "established": Established, "related": Related, "invalid": Invalid, "untracked": Untracked, "": State(0),
		"prerouting": trace.Prerouting, "postrouting": trace.Postrouting, "hook(9)": trace.Hook(9),
		"drop": Verdict{Code: Drop}, "accept": Verdict{Code: Accept}, "stolen": Verdict{Code: Stolen}, "queue": Verdict{Code: Queue},
		"repeat": Verdict{Code: Repeat}, "continue": Verdict{Code: Continue}, "break": Verdict{Code: Break},
		"goto X": Verdict{Goto, "X"}, "verdict(-9)": Verdict{Code: -9}, "verdict(77)": Verdict{Code: 77},
	} {
		if got.String() != want {
			t.Errorf("%q, not %q", got.String(), want)
		}
	}
	if s := (Verdict{Code: ReturnChain}).String(); s != "return" {
		t.Errorf("%q", s)
	}
}

func TestTableName(t *testing.T) {
	for want, m := range map[string]Message{
		"nat": {Family: FamilyIPv4, Table: "nat"}, "tracer": {Family: FamilyIPv4, Table: Table}, "ip mine": {Family: FamilyIPv4, Table: "mine"},
		"inet firewall": {Family: FamilyInet, Table: "firewall"}, "inet nat": {Family: FamilyInet, Table: "nat"}, "ip6 filter": {Family: FamilyIPv6, Table: "filter"},
		"bridge filter": {Family: FamilyBridge, Table: "filter"}, "netdev in": {Family: FamilyNetdev, Table: "in"}, "arp filter": {Family: FamilyARP, Table: "filter"},
		"family 99 x": {Family: 99, Table: "x"},
	} {
		if got := m.TableName(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNumbered(t *testing.T) {
	for mark, want := range map[uint32]bool{
		0: false, 1: false, 0x5fffffff: false, markBase: true, markBase + markCount - 1: true,
		markBase + markOutput: true, markBase + markOutput + markCount - 1: true, 0x80000000: false, 0xffffffff: false,
	} {
		if Numbered(mark) != want {
			t.Errorf("%#x: %v", mark, !want)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		table, chain string
		want         Place
		ok           bool
	}{
		{Table, "seen-forward", Place{trace.Forward, 1}, true},
		{Table, "near-postrouting", Place{trace.Postrouting, 99}, true},
		{Table, "PREROUTING", Place{}, false},
		{"nat", "PREROUTING", Place{trace.Prerouting, -100}, true},
		{"nat", "OUTPUT", Place{trace.Output, -100}, true},
		{"nat", "INPUT", Place{trace.Input, 100}, true},
		{"nat", "POSTROUTING", Place{trace.Postrouting, 100}, true},
		{"filter", "FORWARD", Place{trace.Forward, 0}, true},
		{"raw", "PREROUTING", Place{trace.Prerouting, -300}, true},
		{"mangle", "FORWARD", Place{trace.Forward, -150}, true},
		{"nat", "DOCKER", Place{}, false},
		{"mine", "INPUT", Place{}, false},
	} {
		if got, ok := PlaceOf(c.table, c.chain); got != c.want || ok != c.ok {
			t.Errorf("%s %s: %+v %v", c.table, c.chain, got, ok)
		}
	}
	// The ways through a node, in the kernel's order (net/ipv4/ip_forward.c and
	// its neighbors).
	for _, way := range [][]Place{
		{{trace.Prerouting, -350}, {trace.Prerouting, -100}, {trace.Prerouting, -99}, {trace.Forward, 0}, {trace.Forward, 1}, {trace.Postrouting, 99}, {trace.Postrouting, 101}},
		{{trace.Prerouting, -99}, {trace.Input, 0}, {trace.Input, 101}},
		{{trace.Output, -350}, {trace.Output, -99}, {trace.Postrouting, 101}},
	} {
		for i := range way {
			for k := range way {
				if got := way[i].Before(way[k]); got != (i < k) {
					t.Errorf("%+v before %+v: %v", way[i], way[k], got)
				}
			}
		}
	}
	if (Place{trace.Input, 0}).Before(Place{trace.Postrouting, 0}) || (Place{trace.Prerouting, 0}).Before(Place{trace.Output, 0}) {
		t.Error("a delivered packet goes on")
	}
}

// The seeds in testdata/fuzz/FuzzDecode are messages of a real kernel.
func FuzzDecode(f *testing.F) {
	f.Add(message(f, jump).Data)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decode(netlink.Message{Data: b})
		if err == nil && m.Kind == 0 {
			t.Error("a message without a type")
		}
		_ = m.Verdict.String()
	})
}

func BenchmarkDecode(b *testing.B) {
	raw := message(b, jump)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decode(raw); err != nil {
			b.Fatal(err)
		}
	}
}
