package iptables

import (
	"strings"

	"tracer/sim/rule"
)

// columns returns the rule as a line of "iptables -nvL" shows it, column by column:
//
//	target     prot opt in     out     source               destination
//	DNAT       tcp  --  !docker0 *     0.0.0.0/0            0.0.0.0/0            tcp dpt:80 to:172.17.0.2:5000
//
// The protocol has its name, as in all versions but 1.8.9 and 1.8.10.
func (r Rule) columns(f Family) rule.Columns {
	c := rule.Columns{
		Protocol: inverted(r.Protocol.Not, r.Protocol.Number.String()),
		Options:  [...]string{0: "--", LaterFragments: "-f", FirstFragments: "!f"}[r.Fragments],
		In:       r.In.column(), Out: r.Out.column(), Source: r.Source.column(f), Destination: r.Destination.column(f),
	}
	var details []string
	add := func(p part) {
		if s := p.listed(); s != "" {
			details = append(details, s)
		}
	}
	for _, m := range r.Matches {
		add(m)
	}
	switch t := r.Target.(type) {
	case nil:
	case Opaque:
		if t.Kind == XtTarget {
			c.Target = printable(t.Name)
		}
		add(t)
	case Goto:
		c.Target, c.Goto = t.Chain, true
	case Jump:
		c.Target = t.Chain
	default:
		c.Target, _, _ = strings.Cut(t.String(), " ")
		add(t)
	}
	c.Details = strings.Join(details, " ")
	return c
}

// column returns the interface, or "*" for all.
func (i Interface) column() string {
	if i.Name == "" {
		return "*"
	}
	return inverted(i.Not, i.Name)
}

// column returns the prefix; of a single address, without its length.
func (a Address) column(f Family) string {
	if a.Prefix == (Address{}).Prefix {
		return f.any()
	}
	return inverted(a.Not, a.short())
}
