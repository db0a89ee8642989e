package iptables

import (
	"strconv"
	"strings"
)

// OpaqueKind tells what kind of thing was not understood.
type OpaqueKind uint8

// The kinds of part.
const (
	XtMatch    OpaqueKind = iota + 1 // an xtables match, of any name: "-m NAME"
	XtTarget                         // an xtables target: "-j NAME"
	Expression                       // one or more plain nf_tables expressions
)

// String returns "match", "target", "expression" or "unknown".
func (k OpaqueKind) String() string {
	switch k {
	case XtMatch:
		return "match"
	case XtTarget:
		return "target"
	case Expression:
		return "expression"
	}
	return "unknown"
}

// Opaque is a part of a rule that is in the kernel but not in this model. It
// says what was seen and nothing about what it does. [Ruleset.Install] refuses it.
type Opaque struct {
	Kind     OpaqueKind
	Name     string // "icmp", "LOG"; for an Expression what it loads and compares
	Revision uint32 // of the match's or target's data layout
}

func (Opaque) match()  {}
func (Opaque) target() {}

// String returns the part in square brackets, so that nobody takes it for
// iptables syntax:
//
//	[match icmp rev 0]   [target LOG rev 0]   [limit]   [payload network+8 1b == 0x40]
//
// Bytes are in the order in which they are compared.
func (o Opaque) String() string {
	if o.Kind == Expression {
		return "[" + printable(o.Name) + "]"
	}
	return "[" + o.Kind.String() + " " + printable(o.Name) + " rev " + strconv.FormatUint(uint64(o.Revision), 10) + "]"
}

// printable keeps names that came from outside from steering a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f {
			return '?'
		}
		return r
	}, s)
}

func quote(s string) string { return strconv.QuoteToASCII(s) }
