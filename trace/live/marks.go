package live

import (
	"errors"
	"os"
	"slices"
	"strings"

	"tracer/sim/rule"
	"tracer/trace/correlate"
)

// snapshot reads the current state of the network, and in which nodes packets are
// numbered. Where rules turn out to use marks, that ends: numbers would change what the
// rules do.
func (r *Recorder) snapshot() (correlate.Snapshot, error) {
	s, err := r.network.Snapshot()
	if err != nil {
		return s, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Time = r.steady.now()
	s.Marked = make(map[string]bool, len(r.readers))
	for name, of := range r.readers {
		if of.probe == nil {
			continue
		}
		if useMarks(s.Rules[name]) || s.State.Node(name).RoutesByMark() {
			err = errors.Join(err, of.probe.Unmark())
		}
		s.Marked[name] = of.probe.Marks()
	}
	return s, err
}

// traceRules begins the rule trace in the nodes that do not forward, but have rules.
func (r *Recorder) traceRules(s *correlate.Snapshot) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, of := range r.readers {
		if of.probe != nil || !hasRules(s.Rules[name]) {
			continue
		}
		of.noMarks = of.noMarks || useMarks(s.Rules[name]) || s.State.Node(name).RoutesByMark()
		if err := r.network.Do(name, of.openNetfilter); err != nil {
			return wrap(name, err)
		}
		s.Marked[name] = of.probe.Marks()
	}
	return nil
}

// hasRules reports whether any packet can be dropped or changed by rules.
func hasRules(tables []rule.Table) bool {
	return slices.ContainsFunc(tables, func(t rule.Table) bool {
		return slices.ContainsFunc(t.Chains, func(c rule.Chain) bool { return len(c.Rules) > 0 || c.Policy == "DROP" })
	})
}

// useMarks reports whether a rule tests or sets marks, or may do so.
func useMarks(tables []rule.Table) bool {
	return slices.ContainsFunc(tables, func(t rule.Table) bool {
		return slices.ContainsFunc(t.Chains, func(c rule.Chain) bool {
			return slices.ContainsFunc(c.Rules, func(r rule.Rule) bool { return r.Marks })
		})
	})
}

// reflected reports whether the calling thread's network namespace copies the marks of
// packets to their answers, or to the connections that they open. Then a mark would not
// be one packet's alone.
func reflected() bool {
	for _, name := range []string{"fwmark_reflect", "tcp_fwmark_accept"} {
		// Without the parameter, the kernel was built without IPv4.
		if value, err := os.ReadFile("/proc/sys/net/ipv4/" + name); err == nil && strings.TrimSpace(string(value)) != "0" {
			return true
		}
	}
	return false
}
