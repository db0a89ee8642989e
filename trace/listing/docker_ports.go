package listing

import (
	"cmp"
	"fmt"
	"net"
	"slices"

	"tracer/trace"
)

// sorted returns ports by number, host address, host port and protocol.
func sorted(list []trace.EnginePort) []trace.EnginePort {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b trace.EnginePort) int {
		return cmp.Or(cmp.Compare(a.Port, b.Port), a.Host.Compare(b.Host), cmp.Compare(a.Protocol, b.Protocol))
	})
	return list
}

// ports returns the lines of docker port.
func ports(c *trace.EngineContainer) (out []string) {
	list := sorted(c.Ports)
	slices.SortStableFunc(list, func(a, b trace.EnginePort) int {
		return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Protocol, b.Protocol))
	})
	for _, p := range list {
		if p.Host.IsValid() {
			out = append(out, fmt.Sprintf("%d/%s -> %s", p.Port, p.Protocol, p.Host))
		}
	}
	return out
}

// span is a range of consecutive ports that are published under their own numbers, or only
// exposed.
type span struct {
	address, protocol string // no address: only exposed
	first, last       uint16
}

func (s *span) String() string {
	ports := fmt.Sprint(s.first)
	if s.first != s.last {
		ports = fmt.Sprintf("%d-%d", s.first, s.last)
	}
	if s.address == "" {
		return ports + "/" + s.protocol
	}
	return net.JoinHostPort(s.address, ports) + "->" + ports + "/" + s.protocol
}

// published returns the column PORTS of docker ps: ranges in the order in which they end, the
// last of each kind in the order of the kinds, then the ports that have another number on the
// host (DisplayablePorts in cli/command/formatter).
func published(list []trace.EnginePort) (out []string) {
	var open, last []*span
	var mapped []string
	for _, p := range sorted(list) {
		one := span{protocol: p.Protocol, first: p.Port, last: p.Port}
		if p.Host.IsValid() {
			if p.Host.Port() != p.Port {
				mapped = append(mapped, fmt.Sprintf("%s->%d/%s", p.Host, p.Port, p.Protocol))
				continue
			}
			one.address = p.Host.Addr().String()
		}
		i := slices.IndexFunc(open, func(s *span) bool { return s.address == one.address && s.protocol == one.protocol })
		switch {
		case i < 0:
			open = append(open, &one)
		case open[i].last+1 == p.Port:
			open[i].last = p.Port
		default:
			last = append(last, open[i])
			open[i] = &one
		}
	}
	for _, s := range append(last, open...) {
		out = append(out, s.String())
	}
	return append(out, mapped...)
}
