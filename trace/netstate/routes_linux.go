package netstate

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/trace"
)

// maxRoutes is the maximum number of routes of a node. A scenario's program could add
// any number of them.
const maxRoutes = 10_000

// routes reads the routes of all tables, IPv4's first.
func (r *reader) routes(s *trace.Node, names map[int]string) error {
	others := map[uint32][]trace.Route{}
	count := 0
	for _, family := range []int{netlink.FAMILY_V4, netlink.FAMILY_V6} {
		list, err := r.routesOf(family, maxRoutes-count)
		if err != nil {
			return fail("list routes", err)
		}
		count += len(list)
		for i := range list {
			one := routeState(&list[i], names)
			if list[i].Table == unix.RT_TABLE_MAIN {
				s.Routes = append(s.Routes, one)
			} else {
				others[uint32(list[i].Table)] = append(others[uint32(list[i].Table)], one)
			}
		}
	}
	for id, list := range others {
		s.Tables = append(s.Tables, trace.RouteTable{ID: id, Routes: list})
	}
	slices.SortFunc(s.Tables, func(a, b trace.RouteTable) int { return int(int64(a.ID) - int64(b.ID)) })
	return nil
}

// routesOf lists the routes of a family, of all tables, but not more than most.
func (r *reader) routesOf(family, most int) (list []netlink.Route, err error) {
	err = retryInterrupted(func() error {
		list = nil
		all := netlink.Route{Table: unix.RT_TABLE_UNSPEC}
		return r.handle.RouteListFilteredIter(family, &all, netlink.RT_FILTER_TABLE, func(one netlink.Route) bool {
			list = append(list, one)
			return len(list) <= most
		})
	})
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EAFNOSUPPORT) {
		return nil, nil // the kernel has no IPv6
	}
	if err == nil && len(list) > most {
		err = fmt.Errorf("there are more than %d", maxRoutes)
	}
	return list, err
}

// routeTypes maps the kernel's route types to the model's.
var routeTypes = map[int]trace.RouteType{
	unix.RTN_UNICAST: trace.RouteUnicast, unix.RTN_LOCAL: trace.RouteLocal, unix.RTN_BROADCAST: trace.RouteBroadcast,
	unix.RTN_ANYCAST: trace.RouteAnycast, unix.RTN_MULTICAST: trace.RouteMulticast, unix.RTN_BLACKHOLE: trace.RouteBlackhole,
	unix.RTN_UNREACHABLE: trace.RouteUnreachable, unix.RTN_PROHIBIT: trace.RouteProhibit, unix.RTN_THROW: trace.RouteThrow,
}

func routeState(r *netlink.Route, names map[int]string) trace.Route {
	state := trace.Route{
		Type: routeTypes[r.Type], Interface: names[r.LinkIndex], Kernel: r.Protocol == unix.RTPROT_KERNEL, Scope: trace.Scope(r.Scope),
		Metric: uint32(r.Priority), TOS: uint8(r.Tos), Gateway: gateway(r.Gw, r.Via), LinkState: linkState(r.Flags),
	}
	if state.Type.Drops() {
		state.Interface = "" // of IPv6, it is lo
	}
	if !state.Kernel && r.Protocol != unix.RTPROT_BOOT {
		state.Protocol = r.Protocol.String()
	}
	state.Destination = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	if r.Family == netlink.FAMILY_V6 {
		state.Destination = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	}
	if r.Dst != nil {
		ip, _ := netip.AddrFromSlice(r.Dst.IP)
		bits, _ := r.Dst.Mask.Size()
		state.Destination = netip.PrefixFrom(ip.Unmap(), bits)
	}
	if ip, ok := netip.AddrFromSlice(r.Src); ok {
		state.Source = ip.Unmap()
	}
	for _, h := range r.MultiPath {
		state.Hops = append(state.Hops, trace.NextHop{
			Gateway: gateway(h.Gw, h.Via), Interface: names[h.LinkIndex], Weight: h.Hops + 1, LinkState: linkState(h.Flags),
		})
	}
	return state
}

// gateway returns a gateway, which RTA_VIA holds if it is of another family.
func gateway(gw net.IP, via netlink.Destination) netip.Addr {
	if v, ok := via.(*netlink.Via); ok {
		gw = v.Addr
	}
	ip, _ := netip.AddrFromSlice(gw)
	return ip.Unmap()
}

func linkState(flags int) trace.LinkState {
	return trace.LinkState{OnLink: flags&unix.RTNH_F_ONLINK != 0, Dead: flags&unix.RTNH_F_DEAD != 0, LinkDown: flags&unix.RTNH_F_LINKDOWN != 0}
}
