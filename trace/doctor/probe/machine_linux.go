package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"tracer/sim"
	"tracer/sim/confine"
	"tracer/sim/iptables"
	"tracer/sim/permit"
	"tracer/trace/capture"
	"tracer/trace/conntrack"
	"tracer/trace/doctor"
	"tracer/trace/nftrace"
)

// Machine returns the probe of this machine. If the process is not allowed to build labs,
// the probe reports only that.
func Machine() doctor.Probe { return &machine{} }

type machine struct {
	once   sync.Once // one rule trace serves two features
	traced traced
}

func (m *machine) Try(ctx context.Context, f doctor.Feature) error {
	switch f {
	case doctor.UserNamespaces:
		if confine.Confined() { // this process is already in one
			return nil
		}
		if e := permit.Look(); e.UserNamespaces() != permit.None {
			return &permit.DeniedError{Evidence: e, Obstacle: e.UserNamespaces(), Err: sim.ErrPrivilege}
		}
		return nil
	case doctor.Rights:
		if !confine.Capable() {
			e := permit.Look()
			return &permit.DeniedError{Evidence: e, Obstacle: e.UserNamespaces(), Err: sim.ErrPrivilege}
		}
		return nil
	case doctor.Namespaces:
		if e := permit.Look(); !e.Proc { // which has a thread's namespaces as files
			return &permit.DeniedError{Evidence: e, Obstacle: permit.NoProc, Err: sim.ErrNotSupported}
		}
	case doctor.Parameters:
		return m.parameters(ctx)
	case doctor.PacketSockets:
		return m.build(ctx, alone(), func(*sim.Lab) error { return nil }, func(sim.Node) error {
			s, err := capture.ListenUnfragmented()
			if err != nil {
				return err
			}
			return s.Close()
		})
	case doctor.RuleTrace:
		return m.ruleTrace(ctx).err
	case doctor.TraceConntrack:
		if !m.ruleTrace(ctx).conntrack {
			return fmt.Errorf("the kernel's rule trace does not name conntrack entries: %w", sim.ErrNotSupported)
		}
		return nil
	case doctor.ConntrackEvents:
		return m.conntrackEvents(ctx)
	}
	return m.build(ctx, topology(f), func(*sim.Lab) error { return nil }, nil)
}

// build builds a lab, calls f, and closes the lab.
func (m *machine) build(ctx context.Context, t sim.Topology, f func(*sim.Lab) error, prepare func(sim.Node) error) error {
	lab, err := sim.Build(ctx, t, sim.Options{Prepare: prepare})
	if err != nil {
		return err
	}
	return errors.Join(f(lab), lab.Close())
}

const node = "doctor"

// alone returns a topology of one node without links.
func alone() sim.Topology {
	return sim.Topology{Name: "doctor", Nodes: []sim.Node{{Name: node, Role: sim.RoleHost}}}
}

// topology returns the smallest topology that needs a feature.
func topology(f doctor.Feature) sim.Topology {
	t := alone()
	host := &t.Nodes[0]
	rule := func(command string) {
		var err error
		if host.Rules, err = iptables.Commands(command); err != nil {
			panic(err) // a constant of this file
		}
	}
	switch f {
	case doctor.Veth, doctor.Bridge, doctor.BridgeNetfilter:
		link := sim.Link{A: sim.Endpoint{Node: node, Interface: "eth0"}, B: sim.Endpoint{Node: "other", Interface: "eth0"}}
		if f != doctor.Veth {
			host.Bridges = []sim.Bridge{{Name: "bridge0", Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24")}}}
			link.A.Bridge = "bridge0"
		}
		if f == doctor.BridgeNetfilter {
			host.Sysctls = []sim.Sysctl{{Key: "net.bridge.bridge-nf-call-iptables", Value: "1"}}
		}
		t.Links = []sim.Link{link}
		t.Nodes = append(t.Nodes, sim.Node{Name: "other", Role: sim.RoleClient})
	case doctor.NFTables:
		rule("-A FORWARD -j ACCEPT")
	case doctor.NAT:
		rule("-t nat -A PREROUTING -j ACCEPT")
	case doctor.AddrType:
		rule("-t nat -A PREROUTING -m addrtype --dst-type LOCAL -j ACCEPT")
	case doctor.TCP:
		rule("-A FORWARD -p tcp -m tcp --dport 80 -j ACCEPT")
	case doctor.ConntrackMatch:
		rule("-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT")
	case doctor.DNAT:
		rule("-t nat -A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 192.0.2.2:5000")
	case doctor.Masquerade:
		rule("-t nat -A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE")
	}
	return t
}

// parameters checks whether a node's parameters are writable.
func (m *machine) parameters(ctx context.Context) error {
	return m.build(ctx, alone(), func(lab *sim.Lab) error {
		return lab.Do(node, func() error {
			e := permit.Look()
			if o := e.Parameters(); o != permit.None {
				return &permit.DeniedError{Evidence: e, Obstacle: o, Err: sim.ErrReadOnly}
			}
			return nil
		})
	}, nil)
}

// traced is the result of a rule trace.
type traced struct {
	err       error
	conntrack bool // it contained the connection's entry
}

// patience is how long to wait for the kernel to report a packet.
const patience = 2 * time.Second

func (m *machine) ruleTrace(ctx context.Context) traced {
	m.once.Do(func() {
		m.traced.err = m.build(ctx, topology(doctor.NAT), func(lab *sim.Lab) error {
			var probe *nftrace.Probe
			var reader *nftrace.Reader
			err := lab.Do(node, func() (err error) {
				if probe, err = nftrace.Install(nftrace.Default()); err != nil {
					return err
				}
				reader, err = nftrace.Listen()
				return err
			})
			if probe != nil {
				defer probe.Close()
			}
			if err != nil {
				return err
			}
			defer reader.Close() // it was only read from
			return heard(ctx, lab, reader, func(heard func()) error {
				return reader.Run(func(message nftrace.Message) {
					m.traced.conntrack = m.traced.conntrack || message.Conntrack != nil
					heard()
				})
			})
		}, nil)
	})
	return m.traced
}

// conntrackEvents uses a NAT rule: without one, connections are not tracked.
func (m *machine) conntrackEvents(ctx context.Context) error {
	return m.build(ctx, topology(doctor.Masquerade), func(lab *sim.Lab) error {
		var reader *conntrack.Reader
		err := lab.Do(node, func() (err error) {
			reader, err = conntrack.Listen()
			return err
		})
		if err != nil {
			return err
		}
		defer reader.Close() // it was only read from
		return heard(ctx, lab, reader, func(heard func()) error {
			return reader.Run(func(conntrack.Event) { heard() })
		})
	}, nil)
}

// heard sends a packet and waits until a reader reports it. It also reads what is queued by
// then.
func heard(ctx context.Context, lab *sim.Lab, reader interface{ Stop() }, run func(heard func()) error) error {
	first, ended := make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() { ended <- run(func() { once.Do(func() { close(first) }) }) }()
	sent := lab.Do(node, func() error {
		c, err := net.Dial("udp4", "127.0.0.1:9")
		if err != nil {
			return err
		}
		_, err = c.Write([]byte("is anybody there?"))
		return errors.Join(err, c.Close())
	})
	limit := time.NewTimer(patience)
	defer limit.Stop()
	var late error
	select {
	case <-first:
	case <-ctx.Done():
		late = ctx.Err()
	case <-limit.C:
		late = fmt.Errorf("no report within %s: %w", patience, sim.ErrNotSupported)
	}
	reader.Stop()
	return errors.Join(sent, late, <-ended)
}
