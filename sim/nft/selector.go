package nft

import (
	"slices"
	"strings"
)

// Selector names something of a packet that rules compare: "ip saddr".
type Selector struct {
	name string
	typ  *Type
	load load
	ip   Family // the version that the packet must have: IPv4 or IPv6; 0: any
	l4   uint8  // the protocol that it must have; 0: any
}

// String returns "ip saddr".
func (s *Selector) String() string { return s.name }

// load is what the kernel puts into a register: a key of meta, ct or fib, or bytes of a header.
type load struct {
	kind   loadKind
	key    uint32
	offset uint32 // of a header
	length uint32
}

type loadKind uint8

const (
	loadMeta loadKind = iota + 1
	loadNetwork
	loadTransport
	loadCt
	loadFibSource
	loadFibDestination
)

// Keys of meta and ct (enum nft_meta_keys and enum nft_ct_keys).
const (
	metaMark    = 3
	metaIn      = 6
	metaOut     = 7
	metaNFProto = 15
	metaL4Proto = 16
	ctStateKey  = 0
)

// Protocols of the IP header.
const (
	protoICMP   = 1
	protoTCP    = 6
	protoUDP    = 17
	protoICMPv6 = 58
)

var (
	selectL4Proto = &Selector{name: "meta l4proto", typ: proto, load: load{kind: loadMeta, key: metaL4Proto}}
	selectNFProto = &Selector{name: "meta nfproto", typ: nfProto, load: load{kind: loadMeta, key: metaNFProto}}
)

// selectors are all selectors. Of several with the same load, those without a protocol come
// last: they are what nft prints if the protocol is not known.
var selectors = []*Selector{
	{name: "iifname", typ: ifName, load: load{kind: loadMeta, key: metaIn}},
	{name: "oifname", typ: ifName, load: load{kind: loadMeta, key: metaOut}},
	{name: "meta mark", typ: mark, load: load{kind: loadMeta, key: metaMark}},
	selectL4Proto, selectNFProto,
	network("ip saddr", ip4, IPv4, 12), network("ip daddr", ip4, IPv4, 16),
	network("ip protocol", proto, IPv4, 9), network("ip ttl", octet, IPv4, 8),
	network("ip6 saddr", ip6, IPv6, 8), network("ip6 daddr", ip6, IPv6, 24),
	network("ip6 nexthdr", proto, IPv6, 6), network("ip6 hoplimit", octet, IPv6, 7),
	transport("tcp sport", service, protoTCP, 0), transport("tcp dport", service, protoTCP, 2),
	transport("udp sport", service, protoUDP, 0), transport("udp dport", service, protoUDP, 2),
	transport("th sport", service, 0, 0), transport("th dport", service, 0, 2),
	{name: "icmp type", typ: icmpType, load: load{loadTransport, 0, 0, 1}, ip: IPv4, l4: protoICMP},
	{name: "icmpv6 type", typ: icmp6Type, load: load{loadTransport, 0, 0, 1}, ip: IPv6, l4: protoICMPv6},
	{name: "ct state", typ: ctState, load: load{kind: loadCt, key: ctStateKey}},
	{name: "fib saddr type", typ: fibType, load: load{kind: loadFibSource}},
	{name: "fib daddr type", typ: fibType, load: load{kind: loadFibDestination}},
}

func network(name string, t *Type, ip Family, offset uint32) *Selector {
	return &Selector{name: name, typ: t, load: load{loadNetwork, 0, offset, uint32(t.size)}, ip: ip}
}

func transport(name string, t *Type, l4 uint8, offset uint32) *Selector {
	return &Selector{name: name, typ: t, load: load{loadTransport, 0, offset, uint32(t.size)}, l4: l4}
}

// selectorNamed returns the selector whose name is the beginning of some words, and how many
// words it has.
func selectorNamed(words []string) (*Selector, int) {
	for _, s := range selectors {
		for _, name := range []string{s.name, "meta " + s.name} { // "meta iifname" is "iifname"
			n := strings.Fields(name)
			if len(words) >= len(n) && slices.Equal(words[:len(n)], n) && (name == s.name || s.load.kind == loadMeta) {
				return s, len(n)
			}
		}
	}
	return nil, 0
}

// selectorFor returns the selector of a load, given the versions and protocols that a rule
// has already tested, or nil.
func selectorFor(l load, ip Family, l4 uint8) *Selector {
	for _, s := range selectors {
		if s.load == l && (s.ip == 0 || s.ip == ip) && (s.l4 == 0 || s.l4 == l4) {
			return s
		}
	}
	return nil
}

// names returns a concatenation: "ip saddr . tcp dport".
func names(list []*Selector) string {
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = s.name
	}
	return strings.Join(parts, " . ")
}

func typesOf(list []*Selector) []*Type {
	types := make([]*Type, len(list))
	for i, s := range list {
		types[i] = s.typ
	}
	return types
}
