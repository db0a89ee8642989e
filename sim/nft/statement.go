package nft

import (
	"net/netip"
	"strings"
)

// Statement is one part of a rule: [Match], [Branch], [Counter], [Limit], [Verdict], [NAT],
// [Reject] or [Opaque].
type Statement interface {
	// String returns the statement as nft prints it, without counts.
	String() string
}

// Match is a condition. The rule ends here for packets that do not meet it.
type Match struct {
	Left  []*Selector `escape:"-"` // several: a concatenation
	Op    Op
	Right Value  // the value, if it is one
	Set   *Set   // the elements, one of which must be equal
	Name  string // the named set that has them
}

// Op compares the left with the right side.
type Op uint8

// The operators. With a set, Equal means that it has the element.
const (
	Equal Op = iota // of flags such as ct state: has any of them
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual
)

var opNames = [...]string{Equal: "", NotEqual: "!= ", Less: "< ", LessEqual: "<= ", Greater: "> ", GreaterEqual: ">= "}

// Branch is a verdict that depends on a value. Packets whose value is not in the map do not
// match.
type Branch struct {
	Left []*Selector `escape:"-"`
	Set  *Set        // the elements
	Name string      // or the named map that has them
}

// Counter counts the packets that get there.
type Counter struct{}

// Limit is a condition that holds for so many packets in a unit of time.
type Limit struct {
	Rate  uint64
	Unit  uint64 // in seconds
	Burst uint32
}

// Kind is the kind of a verdict.
type Kind uint8

// The kinds of verdict.
const (
	Accept   Kind = iota + 1 // no further rule of this base chain; later base chains follow
	Drop                     // at once
	Return                   // to the chain that jumped here; in a base chain, its policy
	Continue                 // with the next rule
	Jump                     // to another chain, and back
	Goto                     // to another chain, and not back
)

var kindNames = [...]string{Accept: "accept", Drop: "drop", Return: "return", Continue: "continue", Jump: "jump", Goto: "goto"}

// String returns "accept".
func (k Kind) String() string { return kindNames[k] }

// Verdict decides about a packet.
type Verdict struct {
	Kind  Kind
	Chain string // of Jump and Goto
}

// NAT translates the connection's addresses.
type NAT struct {
	Kind                            NATKind
	Family                          Family     // of the address in a table of family inet, or with a map; 0: the table's
	Address                         netip.Addr // invalid: not translated, or found in a map
	Last                            netip.Addr // the last of a range
	Port, LastPort                  uint16     // 0: not translated, no range
	Map                             *Lookup    // where the address, and perhaps the port, are found
	Random, Persistent, FullyRandom bool
}

// Lookup is a map that is asked for a value.
type Lookup struct {
	Left []*Selector `escape:"-"`
	Set  *Set        // the elements
	Name string      // or the named map
}

// NATKind is the kind of a translation.
type NATKind uint8

// The kinds of translation.
const (
	DNAT NATKind = iota + 1
	SNAT
	Masquerade
	Redirect
)

var natNames = [...]string{DNAT: "dnat", SNAT: "snat", Masquerade: "masquerade", Redirect: "redirect"}

// Reject drops a packet and answers it.
type Reject struct {
	Reset  bool   // with a TCP reset
	Type   uint8  // otherwise rejectICMP or rejectInet
	Family Family // of rejectICMP: IPv4 or IPv6
	Code   uint8
	table  Family // of the table
}

// Opaque is a part of a rule in the kernel that is not understood.
type Opaque struct{ Name string }

// String returns the part in square brackets, which nft never prints.
func (o Opaque) String() string { return "[" + o.Name + "]" }

func (Counter) String() string { return "counter" }

func (v Verdict) String() string { return strings.TrimSpace(v.Kind.String() + " " + v.Chain) }
