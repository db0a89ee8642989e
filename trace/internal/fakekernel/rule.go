package fakekernel

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/google/gopacket/layers"

	"tracer/sim/rule"
	"tracer/trace"
	"tracer/trace/nftrace"
)

// Table is a table of rules as data.
type Table struct {
	Name   string
	Chains []Chain
}

// Chain is a list of rules. A base chain is named after its hook, as in iptables, and has
// a policy.
type Chain struct {
	Name   string
	Policy string // "ACCEPT", "DROP"; empty: not a base chain
	Rules  []Rule
}

// Rule is one rule: what it matches, and what it does.
type Rule struct {
	Handle uint64
	Match
	Target string    // "ACCEPT", "DROP", or the chain to jump to
	NAT    *rule.NAT // the translation, instead of a target
}

// Match is the conditions of a rule. Zero values always match.
type Match struct {
	Source        netip.Prefix
	NotIn, NotOut string
	Protocol      layers.IPProtocol
	Local         bool // the destination is an address of the node
	Port, NotPort uint16
}

// condition is one condition, with the packet's value for it.
type condition struct {
	module    string // "-m tcp "; part of the rule's text only
	text, was string
	holds     bool
}

// conditions returns the conditions that are set, in iptables' order.
func (m *Match) conditions(f *rule.Facts) (list []condition) {
	protocol := strings.ToLower(m.Protocol.String())
	if m.Source.IsValid() {
		list = append(list, condition{"", "-s " + m.Source.String(), f.Source.Addr().String(), m.Source.Contains(f.Source.Addr())})
	}
	if m.NotIn != "" {
		list = append(list, condition{"", "! -i " + m.NotIn, f.In, f.In != m.NotIn})
	}
	if m.NotOut != "" {
		list = append(list, condition{"", "! -o " + m.NotOut, f.Out, f.Out != m.NotOut})
	}
	if m.Protocol != 0 {
		list = append(list, condition{"", "-p " + protocol, strings.ToLower(layers.IPProtocol(f.Protocol).String()), f.Protocol == uint8(m.Protocol)})
	}
	if m.Local {
		list = append(list, condition{"-m addrtype ", "--dst-type LOCAL", "", f.Local != nil && f.Local(f.Destination.Addr())})
	}
	if m.Port != 0 {
		list = append(list, condition{"-m " + protocol + " ", fmt.Sprintf("--dport %d", m.Port), fmt.Sprint(f.Destination.Port()), f.Destination.Port() == m.Port})
	}
	if m.NotPort != 0 {
		list = append(list, condition{"", fmt.Sprintf("! --dport %d", m.NotPort), fmt.Sprint(f.Destination.Port()), f.Destination.Port() != m.NotPort})
	}
	return list
}

// fails returns the first condition that does not hold.
func (m *Match) fails(f *rule.Facts) (rule.Mismatch, bool) {
	for _, c := range m.conditions(f) {
		if !c.holds {
			return rule.Mismatch{Condition: c.text, Was: c.was}, true
		}
	}
	return rule.Mismatch{}, false
}

// verdict returns what the kernel reports for a matching packet.
func (r *Rule) verdict() nftrace.Verdict {
	switch {
	case r.NAT != nil, r.Target == "ACCEPT":
		return nftrace.Verdict{Code: nftrace.Accept}
	case r.Target == "DROP":
		return nftrace.Verdict{Code: nftrace.Drop}
	}
	return nftrace.Verdict{Code: nftrace.Jump, Chain: r.Target}
}

// translation returns what the rule translates. It may be nil.
func (r *Rule) translation() trace.Translation {
	switch {
	case r == nil:
		return 0
	case r.NAT.Kind == rule.DNAT:
		return trace.DNAT
	}
	return trace.Masquerade
}

// text returns the rule as iptables prints it.
func (r *Rule) text() string {
	var b strings.Builder
	for _, c := range r.conditions(&rule.Facts{}) {
		b.WriteString(c.module + c.text + " ")
	}
	b.WriteString("-j ")
	switch n := r.NAT; {
	case n == nil:
		b.WriteString(r.Target)
	case n.Kind == rule.Masquerade:
		b.WriteString("MASQUERADE")
	default:
		fmt.Fprintf(&b, "DNAT --to-destination %v", netip.AddrPortFrom(n.Address, n.Ports.First))
	}
	return b.String()
}

// neutral returns tables as read back from a node.
func neutral(tables []Table) (list []rule.Table) {
	for _, t := range tables {
		table := rule.Table{Name: t.Name}
		for _, c := range t.Chains {
			chain := rule.Chain{Name: c.Name, Policy: c.Policy}
			for i := range c.Rules {
				r := &c.Rules[i]
				chain.Rules = append(chain.Rules, rule.Rule{Handle: r.Handle, Text: r.text(), NAT: r.NAT, Fails: r.fails})
			}
			table.Chains = append(table.Chains, chain)
		}
		list = append(list, table)
	}
	return list
}

// find returns a chain of a table, or nil.
func find(tables []Table, table, chain string) *Chain {
	for i := range tables {
		for k := range tables[i].Chains {
			if tables[i].Name == table && tables[i].Chains[k].Name == chain {
				return &tables[i].Chains[k]
			}
		}
	}
	return nil
}

// Publish returns a rule like Docker's for a published port.
func Publish(handle uint64, p layers.IPProtocol, port uint16, to string) Rule {
	end := netip.MustParseAddrPort(to)
	return Rule{
		Handle: handle, Match: Match{NotIn: "docker0", Protocol: p, Local: true, Port: port},
		NAT: &rule.NAT{Kind: rule.DNAT, Address: end.Addr(), Ports: rule.PortRange{First: end.Port(), Last: end.Port()}},
	}
}
