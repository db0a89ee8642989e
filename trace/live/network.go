package live

import (
	"errors"
	"fmt"
	"sync"

	"tracer/sim/rule"
	"tracer/trace"
	"tracer/trace/correlate"
	"tracer/trace/netstate"
)

// Network is what a [Recorder] records: nodes that each have a network namespace. A lab
// is one.
//
// Its methods must be safe for concurrent use.
type Network interface {
	// Nodes returns the nodes that exist now. They may come and go.
	Nodes() []Node
	// Do runs f on a thread in the network namespace of a node. Sockets that f opens
	// stay there.
	Do(node string, f func() error) error
	// Snapshot reads the current state of the network. A [NodeReader] does most of it,
	// except for the peers of the interfaces.
	Snapshot() (correlate.Snapshot, error)
	// Splices returns the pairs of connections that proxies have joined so far.
	Splices() []trace.Splice
}

// Node is a node of a Network. The rule trace and the conntrack events are read in nodes
// that forward, judging by their role, and in those that have rules.
type Node struct {
	Name  string
	Role  trace.Role
	Rules bool // it has rules, or will get some before the recording begins
}

// ReadNodes is like [NodeReader.Read], for a network that is read once.
func ReadNodes(nodes []Node, do func(node string, f func() error) error) (correlate.Snapshot, error) {
	return new(NodeReader).Read(nodes, do)
}

// NodeReader reads the nodes of a network again and again. It remembers the text of rules
// that have not changed. The zero value is ready; it is safe for concurrent use.
type NodeReader struct{ reader netstate.Reader }

// Read reads the namespaces of nodes: addresses, routes, neighbours, and rules with their
// counters. do is [Network.Do].
func (r *NodeReader) Read(nodes []Node, do func(node string, f func() error) error) (correlate.Snapshot, error) {
	s := correlate.Snapshot{
		State: &trace.State{Kernel: netstate.Release(), Nodes: make([]trace.Node, len(nodes))},
		Rules: make(map[string][]rule.Table, len(nodes)),
	}
	read := make([]netstate.Namespace, len(nodes))
	err := each(nodes, func(i int, n Node) error {
		err := do(n.Name, func() (err error) {
			read[i], err = r.reader.Read()
			return err
		})
		if err != nil {
			return fmt.Errorf("read the state of %s: %w", n.Name, err)
		}
		return nil
	})
	for i, n := range nodes {
		s.State.Nodes[i], s.Rules[n.Name] = read[i].Node, read[i].Rules
		s.State.Nodes[i].Name, s.State.Nodes[i].Role = n.Name, n.Role
	}
	return s, err
}

// each calls f for all nodes at the same time.
func each(nodes []Node, f func(i int, n Node) error) error {
	errs := make([]error, len(nodes))
	var all sync.WaitGroup
	for i, n := range nodes {
		all.Go(func() { errs[i] = f(i, n) })
	}
	all.Wait()
	return errors.Join(errs...)
}
