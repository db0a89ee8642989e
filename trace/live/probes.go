package live

import (
	"errors"
	"os"
	"slices"
	"strings"

	"tracer/sim/rule"
	"tracer/trace/correlate"
	"tracer/trace/nftrace"
)

// snapshot reads the current state of the network, and in which nodes packets are numbered.
// If rules or the routing policy turn out to use marks, numbering stops there, because it
// would change what happens to packets.
func (r *Recorder) snapshot() (correlate.Snapshot, error) {
	s, err := r.network.Snapshot()
	if err != nil {
		return s, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Time = r.steady.now()
	s.Marked = make(map[string]bool, len(r.readers))
	for _, of := range r.readers {
		if of.probe != nil {
			err = errors.Join(err, of.adjust(&s))
		}
	}
	return s, err
}

// adjust adjusts a node's probe to the rules there.
func (r *readers) adjust(s *correlate.Snapshot) (err error) {
	name := r.node.Name
	for _, f := range []nftrace.Family{nftrace.FamilyIPv4, nftrace.FamilyIPv6} {
		if anyRule(ofFamily(s.Rules[name], f), func(r *rule.Rule) bool { return r.NAT != nil }) {
			err = errors.Join(err, r.probe.TraceFirst(f))
		}
	}
	if useMarks(s, name) {
		err = errors.Join(err, r.probe.Unmark())
	}
	s.Marked[name] = r.probe.Marks()
	if err != nil {
		return wrap(name, err)
	}
	return nil
}

// traceRules begins the rule trace in the nodes that do not forward, but have rules.
func (r *Recorder) traceRules(s *correlate.Snapshot) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, of := range r.readers {
		if of.probe != nil || !hasRules(s.Rules[name]) {
			continue
		}
		of.noMarks = of.noMarks || useMarks(s, name)
		if err := r.network.Do(name, of.openNetfilter); err != nil {
			return wrap(name, err)
		}
		if err := of.adjust(s); err != nil {
			return err
		}
	}
	return nil
}

// ofFamily returns the tables that packets of a family meet.
func ofFamily(tables []rule.Table, f nftrace.Family) (list []rule.Table) {
	for _, t := range tables {
		family, _, named := strings.Cut(t.Name, " ")
		if !named {
			family = nftrace.FamilyIPv4.String()
		}
		if family == f.String() || family == nftrace.FamilyInet.String() {
			list = append(list, t)
		}
	}
	return list
}

// hasRules reports whether any packet can be dropped or changed by rules.
func hasRules(tables []rule.Table) bool {
	return slices.ContainsFunc(tables, func(t rule.Table) bool {
		return slices.ContainsFunc(t.Chains, func(c rule.Chain) bool { return len(c.Rules) > 0 || c.Policy == "DROP" })
	})
}

// useMarks reports whether a rule of a node, or of its routing policy, tests or sets marks,
// or may do so.
func useMarks(s *correlate.Snapshot, node string) bool {
	n := s.State.Node(node) // nil if it no longer exists
	return n != nil && n.RoutesByMark() || anyRule(s.Rules[node], func(r *rule.Rule) bool { return r.Marks })
}

// anyRule reports whether a condition holds for any rule.
func anyRule(tables []rule.Table, holds func(*rule.Rule) bool) bool {
	for _, t := range tables {
		for _, c := range t.Chains {
			for i := range c.Rules {
				if holds(&c.Rules[i]) {
					return true
				}
			}
		}
	}
	return false
}

// reflected reports whether the calling thread's network namespace copies the marks of
// packets to their answers, or to the connections that they open. Then a mark would not be
// unique to one packet.
func reflected() bool {
	for _, name := range []string{"fwmark_reflect", "tcp_fwmark_accept"} {
		for _, family := range []string{"ipv4", "ipv6"} { // without the parameter, the kernel copies nothing
			if value, err := os.ReadFile("/proc/sys/net/" + family + "/" + name); err == nil && strings.TrimSpace(string(value)) != "0" {
				return true
			}
		}
	}
	return false
}
