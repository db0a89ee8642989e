package live

import (
	"errors"
	"fmt"
	"sync"

	"tracer/sim"
	"tracer/sim/rule"
	"tracer/trace"
	"tracer/trace/correlate"
	"tracer/trace/netstate"
)

// snapshot reads what a lab looks like now: addresses, routes, neighbours, and the rules
// with their counters, including what was added since it was built.
func snapshot(lab *sim.Lab) (correlate.Snapshot, error) {
	t := lab.Topology()
	state := &trace.State{Kernel: netstate.Release(), Nodes: make([]trace.Node, len(t.Nodes))}
	rules := make([][]rule.Table, len(t.Nodes))
	errs := make([]error, len(t.Nodes))
	var all sync.WaitGroup
	for i, n := range t.Nodes {
		all.Go(func() {
			errs[i] = lab.Do(n.Name, func() error {
				s, err := netstate.Read()
				if err != nil {
					return fmt.Errorf("read the state of %s: %w", n.Name, err)
				}
				state.Nodes[i], rules[i] = s.Node, s.Rules
				return nil
			})
			state.Nodes[i].Name, state.Nodes[i].Role = n.Name, roles[n.Role]
		})
	}
	all.Wait()
	for _, link := range t.Links {
		connect(state, link.A, link.B)
		connect(state, link.B, link.A)
	}
	s := correlate.Snapshot{State: state, Rules: map[string][]rule.Table{}}
	for i, n := range t.Nodes {
		s.Rules[n.Name] = rules[i]
	}
	return s, errors.Join(errs...)
}

// connect notes at one end of a link where the other is.
func connect(s *trace.State, at, peer sim.Endpoint) {
	if i := s.Node(at.Node).Interface(at.Interface); i != nil {
		i.Peer = peer.Node + "/" + peer.Interface
	}
}

// roles are the roles of a lab's nodes in the model.
var roles = map[sim.Role]trace.Role{
	sim.RoleClient: trace.RoleClient, sim.RoleHost: trace.RoleHost, sim.RoleContainer: trace.RoleContainer,
	sim.RoleRouter: trace.RoleRouter, sim.RoleServer: trace.RoleServer,
}

// splices are the connections that a lab's proxies joined.
func splices(list []sim.Splice) (out []trace.Splice) {
	for _, s := range list {
		out = append(out, trace.Splice(s))
	}
	return out
}
