package sim

import (
	"context"
	"errors"
	"net/netip"
	"sync"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/netns"
)

// Lab is a running network. It is created by [Build] and holds kernel objects until
// [Lab.Close].
type Lab struct {
	topology Topology
	nodes    []*labNode
	undo     []func() error // run in reverse by Close
	close    sync.Once
	closeErr error

	mu      sync.Mutex // guards splices
	splices []Splice
}

// Build creates the network that a topology describes and starts its services. On an
// error nothing remains.
//
// If the topology is invalid, the error is an [*InvalidError], and nothing has been
// created. Otherwise it is an [*OpError] that names the failed step. It wraps
// [ErrPrivilege] if the process may not create network namespaces.
func Build(ctx context.Context, t Topology, opts Options) (*Lab, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	l := &Lab{topology: t}
	steps := []func() error{
		l.namespaces,
		func() error { return l.prepare(opts.Prepare) },
		func() error { return l.each((*labNode).sysctlsBefore) },
		func() error { return l.each((*labNode).addBridges) },
		l.addLinks,
		func() error { return l.each(l.configure) },
		func() error { return l.each(func(n *labNode) error { return n.awaitLinks(ctx) }) },
		func() error { return l.each(func(n *labNode) error { return l.configureIPv6(ctx, n) }) },
		func() error { return l.startServices(ctx) },
	}
	for _, step := range steps {
		err := ctx.Err()
		if err == nil {
			err = step()
		}
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	return l, nil
}

// Topology returns the topology from which the lab was built.
func (l *Lab) Topology() Topology { return l.topology }

// Do runs f on a thread in a node's network namespace. Sockets that f opens stay in that
// namespace, whichever thread uses them later. Each node runs one f at a time.
func (l *Lab) Do(node string, f func() error) error {
	n, err := l.find(node)
	if err != nil {
		return err
	}
	return n.Do(f)
}

func (l *Lab) find(name string) (*labNode, error) {
	if n := l.node(name); n != nil {
		return n, nil
	}
	return nil, &OpError{Op: "enter", Node: name, Err: errors.New("there is no such node")}
}

func (l *Lab) node(name string) *labNode {
	for _, n := range l.nodes {
		if n.Name == name {
			return n
		}
	}
	return nil
}

// Close kills the programs, stops the servers and releases the namespaces. It continues
// after a failed step and returns all errors.
func (l *Lab) Close() error {
	l.close.Do(func() {
		for i := len(l.undo) - 1; i >= 0; i-- {
			l.closeErr = errors.Join(l.closeErr, l.undo[i]())
		}
	})
	return l.closeErr
}

// namespaces creates the nodes' namespaces in parallel, since each takes the kernel a
// fraction of a millisecond.
func (l *Lab) namespaces() error {
	parentNS, err := netns.NewParent()
	if err != nil {
		return &OpError{Op: "create", Object: "parent", Err: namespaceError(err)}
	}
	defer parentNS.Close()
	l.nodes = make([]*labNode, len(l.topology.Nodes))
	errs := make([]error, len(l.nodes))
	var wg sync.WaitGroup
	for i, spec := range l.topology.Nodes {
		wg.Go(func() {
			n := l.newNode(spec)
			l.nodes[i] = n
			if n.ns, errs[i] = parentNS.New(); errs[i] != nil {
				errs[i] = &OpError{Op: "create", Node: spec.Name, Err: namespaceError(errs[i])}
				return
			}
			errs[i] = n.Do(func() (err error) {
				n.route, err = netlink.NewHandle(unix.NETLINK_ROUTE)
				return err
			})
		})
	}
	wg.Wait()
	for _, n := range l.nodes {
		if n.ns != nil {
			l.undo = append(l.undo, func() error { n.ns.Close(); return nil })
		}
		if n.route != nil {
			l.undo = append(l.undo, func() error { n.route.Close(); return nil })
		}
	}
	return errors.Join(errs...)
}

func (l *Lab) newNode(spec Node) *labNode {
	n := &labNode{Node: spec, six: l.topology.SpeaksIPv6(spec.Name)}
	add := func(device string, carrier bool) {
		n.devices = append(n.devices, device)
		if carrier {
			n.carry = append(n.carry, device)
		}
	}
	for _, b := range spec.Bridges {
		add(b.Name, l.topology.BridgeCarrier(spec.Name, b.Name))
	}
	for _, e := range l.topology.Endpoints(spec.Name) {
		add(e.Interface, l.topology.Carrier(e))
	}
	return n
}

func (l *Lab) prepare(f func(Node) error) error {
	if f == nil {
		return nil
	}
	return l.each(func(n *labNode) error { return f(n.Node) })
}

// each runs f for all nodes in parallel, each on its node's thread.
func (l *Lab) each(f func(*labNode) error) error {
	errs := make([]error, len(l.nodes))
	var wg sync.WaitGroup
	for i, n := range l.nodes {
		wg.Go(func() {
			errs[i] = n.Do(func() error { return f(n) })
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// configure completes a node whose devices exist. The order matters: sysctls are set
// before an interface is up, so that it does not assign itself unwanted addresses, and
// addresses are added before the routes that need them.
func (l *Lab) configure(n *labNode) error {
	ends := l.topology.Endpoints(n.Name)
	for _, step := range []func() error{
		n.sysctlsAfter,
		func() error { return n.bringUp(ends) },
		func() error { return n.addRoutes(netip.Addr.Is4) },
		n.installRules,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
