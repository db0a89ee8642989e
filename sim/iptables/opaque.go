package iptables

import (
	"slices"
	"strconv"
	"strings"

	"tracer/sim/rule"
)

// OpaqueKind is the kind of an [Opaque] part.
type OpaqueKind uint8

// The kinds.
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

// Opaque is a part of a rule in the kernel that this package does not understand. It
// names the part without interpreting it. [Ruleset.Install] rejects it.
type Opaque struct {
	Kind     OpaqueKind
	Name     string // "cpu", "CLASSIFY"; for an Expression, also what it loads and compares
	Revision uint32 // of the data layout of a match or target
}

func (o Opaque) listed() string { return o.String() }

// problems: an opaque part cannot be written.
func (o Opaque) problems(place) []string {
	return []string{"not understood, so it cannot be written: " + o.String()}
}

func (o Opaque) encode(c *code) { c.add(o) }

func (Opaque) fails(*rule.Facts) (rule.Mismatch, bool) { return rule.Mismatch{}, false }

func (Opaque) effect(r *rule.Rule) { r.Opaque = true }

// acts reports whether the part does something with packets, like a target. A rule can have
// several of those if nft wrote it: all but the last are among the matches.
func (o Opaque) acts() bool {
	return o.Kind == XtTarget || o.Kind == Expression && (strings.HasPrefix(o.Name, "-j ") || slices.Contains([]string{
		"log", "nat", "masq", "redir", "reject", "queue", "tproxy", "synproxy", "dup", "fwd", "notrack",
		"meta", "payload", // these set a value if they do not load one
	}, o.Name))
}

// String returns the part in square brackets, which set it apart from iptables syntax:
//
//	[match cpu rev 0]   [target CLASSIFY rev 0]   [lookup]   [payload network+8 1b == 0x40]
//
// Bytes are in comparison order.
func (o Opaque) String() string {
	if o.Kind == Expression {
		return "[" + printable(o.Name) + "]"
	}
	return "[" + o.Kind.String() + " " + printable(o.Name) + " rev " + strconv.FormatUint(uint64(o.Revision), 10) + "]"
}

// printable replaces control characters, which a terminal would interpret.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f {
			return '?'
		}
		return r
	}, s)
}

func quote(s string) string { return strconv.QuoteToASCII(s) }
