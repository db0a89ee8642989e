package live

import (
	"tracer/sim"
	"tracer/sim/docker"
	"tracer/trace"
	"tracer/trace/correlate"
)

// lab is the [Network] of a lab.
type lab struct {
	*sim.Lab
	state   *NodeReader
	engines map[string]docker.Engine // by node
}

func newLab(l *sim.Lab, engines map[string]docker.Engine) lab {
	return lab{l, new(NodeReader), engines}
}

// Nodes returns the nodes of the topology.
func (l lab) Nodes() []Node {
	var list []Node
	for _, n := range l.Topology().Nodes {
		list = append(list, labNode(n))
	}
	return list
}

// labNode converts a node of a lab.
func labNode(n sim.Node) Node { return Node{n.Name, roles[n.Role], len(n.AllRules()) > 0} }

// roles maps the roles of a lab's nodes to the model's.
var roles = map[sim.Role]trace.Role{
	sim.RoleClient: trace.RoleClient, sim.RoleHost: trace.RoleHost, sim.RoleContainer: trace.RoleContainer,
	sim.RoleRouter: trace.RoleRouter, sim.RoleServer: trace.RoleServer,
}

// Snapshot reads the nodes. The peers of interfaces come from the topology.
func (l lab) Snapshot() (correlate.Snapshot, error) {
	s, err := l.state.Read(l.Nodes(), l.Do)
	for _, link := range l.Topology().Links {
		connect(s.State, link.A, link.B)
		connect(s.State, link.B, link.A)
	}
	t := l.Topology()
	for _, n := range t.Nodes {
		if at := s.State.Node(n.Name); at != nil && n.ResolvConf != nil {
			at.ResolvConf = n.ResolvConf.Lines()
		}
	}
	for node, e := range l.engines {
		s.State.Node(node).Engine = engine(&e, node, e.ListensIPv6(&t, node))
	}
	return s, err
}

// connect records at one end of a link where the other is.
func connect(s *trace.State, at, peer sim.Endpoint) {
	if i := s.Node(at.Node).Interface(at.Interface); i != nil {
		i.Peer = trace.Place(peer.Node, peer.Interface)
	}
}

// Splices returns the connections that the lab's proxies have joined so far.
func (l lab) Splices() []trace.Splice {
	var list []trace.Splice
	for _, s := range l.Lab.Splices() {
		list = append(list, trace.Splice(s))
	}
	return list
}
