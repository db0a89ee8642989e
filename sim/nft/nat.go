package nft

import (
	"fmt"
	"net/netip"
	"strings"

	"tracer/sim/rule"
)

// String returns "dnat to 172.17.0.2:5000".
func (n NAT) String() string {
	text := natNames[n.Kind]
	if n.Family != 0 {
		text += " " + n.Family.String()
	}
	to := n.target()
	if n.Map != nil {
		to = names(n.Map.Left) + " map " + lookupText(n.Map.Set, n.Map.Name)
	}
	if to != "" {
		text += " to " + to
	}
	for _, f := range []struct {
		on   bool
		name string
	}{{n.Random, "random"}, {n.FullyRandom, "fully-random"}, {n.Persistent, "persistent"}} {
		if f.on {
			text += " " + f.name
		}
	}
	return text
}

// target returns "10.0.0.1-10.0.0.9:80-90", or what of it there is.
func (n NAT) target() string {
	var b strings.Builder
	if n.Address.IsValid() {
		bracket := n.Address.Is6() && n.Port != 0
		for i, a := range []netip.Addr{n.Address, n.Last} {
			if !a.IsValid() {
				continue
			}
			if i > 0 {
				b.WriteByte('-')
			}
			if bracket {
				b.WriteString("[" + a.String() + "]")
			} else {
				b.WriteString(a.String())
			}
		}
	}
	if n.Port != 0 {
		fmt.Fprintf(&b, ":%d", n.Port)
		if n.LastPort != 0 {
			fmt.Fprintf(&b, "-%d", n.LastPort)
		}
	}
	return b.String()
}

var ruleNATs = map[NATKind]rule.NATKind{DNAT: rule.DNAT, SNAT: rule.SNAT, Masquerade: rule.Masquerade, Redirect: rule.Redirect}

// neutral returns the translation in the form that is independent of nft. The elements of a
// map are choices.
func (n NAT) neutral(t *Table) *rule.NAT {
	out := &rule.NAT{Kind: ruleNATs[n.Kind], Address: n.Address, Last: n.Last}
	if n.Port != 0 {
		out.Ports = rule.PortRange{First: n.Port, Last: max(n.Port, n.LastPort)}
	}
	if n.Map == nil {
		return out
	}
	set := n.Map.set(t)
	if set == nil || set.Unknown {
		out.Unknown = true
		return out
	}
	for i := range set.Elements {
		one := rule.NAT{Kind: out.Kind}
		for k, v := range set.Elements[i].Data {
			switch {
			case !v.one():
				out.Unknown = true
				return out
			case set.Data[k] == service:
				p := uint16(service.value(v.First))
				one.Ports = rule.PortRange{First: p, Last: p}
			default:
				one.Address, _ = netip.AddrFromSlice(v.First)
			}
		}
		out.Choices = append(out.Choices, one)
	}
	return out
}

// set returns the map, or nil.
func (l *Lookup) set(t *Table) *Set {
	if l.Set != nil {
		return l.Set
	}
	return t.Set(l.Name)
}
