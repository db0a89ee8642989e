package netstate

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/iptables"
	"tracer/trace"
)

// Read reads the network namespace of the calling thread. An error names the step.
func Read() (Namespace, error) { return new(Reader).Read() }

// Read is like the function [Read].
func (r *Reader) Read() (Namespace, error) {
	handle, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return Namespace{}, fail("open rtnetlink", err)
	}
	defer handle.Close()
	routing := reader{handle}
	var s Namespace
	names, err := routing.interfaces(&s.Node)
	if err != nil {
		return Namespace{}, err
	}
	if err := routing.routes(&s.Node, names); err != nil {
		return Namespace{}, err
	}
	if err := routing.policy(&s.Node); err != nil {
		return Namespace{}, err
	}
	if err := routing.neighbours(&s.Node, names); err != nil {
		return Namespace{}, err
	}
	if err := routing.forwarding(&s.Node, names); err != nil {
		return Namespace{}, err
	}
	rules, err := iptables.Read()
	if err != nil {
		return Namespace{}, fail("read rules", err)
	}
	s.Rules = rules.Neutral()
	s.Node.Rules = record(s.Rules)
	others, err := r.readTables()
	if err != nil {
		return Namespace{}, fail("read nftables rules", err)
	}
	others.attach(s.Node.Rules)
	s.Rules, s.Node.Rules = append(s.Rules, others.rules...), append(s.Node.Rules, others.texts...)
	s.Node.BridgeNetfilter = isOn("net/bridge/bridge-nf-call-iptables")
	s.Node.Forwarding = isOn("net/ipv4/ip_forward")
	s.Node.BridgeNetfilter6 = isOn("net/bridge/bridge-nf-call-ip6tables")
	s.Node.Forwarding6 = isOn("net/ipv6/conf/all/forwarding")
	s.Node.LegacyTables = legacyTables()
	s.Node.Counts = ReadCounts() // last: whatever is counted by then was received before
	return s, nil
}

func fail(step string, err error) error { return fmt.Errorf("%s: %w", step, err) }

// retryInterrupted repeats a netlink call that was interrupted by a signal, or by a
// change to the list that it reads.
func retryInterrupted(call func() error) error {
	for try := 0; ; try++ {
		err := call()
		if try < 10 && (errors.Is(err, unix.EINTR) || errors.Is(err, netlink.ErrDumpInterrupted)) {
			continue
		}
		return err
	}
}

// reader reads over one rtnetlink socket.
type reader struct{ handle *netlink.Handle }

func (r *reader) interfaces(s *trace.Node) (names map[int]string, err error) {
	var list []link
	err = retryInterrupted(func() (err error) {
		list, err = links()
		return err
	})
	if err != nil {
		return nil, fail("list links", err)
	}
	names = map[int]string{}
	all := parametersOfAll()
	joined := groups()
	for _, l := range list {
		names[l.Attrs().Index] = l.Attrs().Name
	}
	for _, l := range list {
		a := l.Attrs()
		i := trace.Interface{Name: a.Name, Index: a.Index, MTU: a.MTU, Kind: l.Type(), Master: names[a.MasterIndex]}
		if len(a.HardwareAddr) == 6 {
			i.MAC = trace.MAC(a.HardwareAddr)
		}
		if a.Name == "lo" {
			i.Kind = "loopback"
		}
		i.RouteLocalnet = all.routeLocalnet || l.value(confRouteLocalnet) != 0
		i.Forwarding = l.value(confForwarding) != 0
		i.Reception = l.reception(&all)
		i.Groups = joined[a.Index]
		i.NoIPv6 = a.Name != "lo" && !l.usesIPv6()
		i.Link = l.details()
		if err = r.addresses(l, &i); err != nil {
			return nil, err
		}
		s.Interfaces = append(s.Interfaces, i)
	}
	return names, nil
}

// addresses reads the addresses of an interface.
func (r *reader) addresses(l netlink.Link, to *trace.Interface) error {
	var list []netlink.Addr
	err := retryInterrupted(func() (err error) {
		list, err = r.handle.AddrList(l, netlink.FAMILY_ALL)
		return err
	})
	if err != nil {
		return fail("list addresses of "+l.Attrs().Name, err)
	}
	for _, a := range list {
		if d := addressDetails(&a); d.Address.IsValid() {
			to.Addresses, to.Link.Addresses = append(to.Addresses, d.Address), append(to.Link.Addresses, d)
		}
	}
	return nil
}

func (r *reader) neighbours(s *trace.Node, names map[int]string) error {
	var list []netlink.Neigh
	err := retryInterrupted(func() (err error) {
		list, err = r.handle.NeighList(0, netlink.FAMILY_ALL)
		return err
	})
	if err != nil {
		return fail("list neighbours", err)
	}
	for _, e := range list {
		ip, ok := netip.AddrFromSlice(e.IP)
		if e.Family != netlink.FAMILY_V4 && e.Family != netlink.FAMILY_V6 || !ok || len(e.HardwareAddr) != 6 || e.State&(unix.NUD_NOARP|unix.NUD_FAILED|unix.NUD_INCOMPLETE) != 0 {
			continue
		}
		s.Neighbours = append(s.Neighbours, trace.Neighbour{Address: ip.Unmap(), MAC: trace.MAC(e.HardwareAddr), Interface: names[e.LinkIndex]})
	}
	slices.SortFunc(s.Neighbours, func(a, b trace.Neighbour) int { return a.Address.Compare(b.Address) })
	return nil
}
