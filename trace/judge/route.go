package judge

import (
	"errors"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"tracer/trace"
)

var master = regexp.MustCompile(`^ip link set (?:dev )?(\S+) master (\S+)`)

// incoming returns the incoming interface as routing sees it: for a bridge's port, the bridge.
func (j *judging) incoming(at Port) string {
	for _, l := range j.Network.Lines {
		if m := master.FindStringSubmatch(l.Text); m != nil && l.Node == at.Node && m[1] == at.Interface {
			return m[2]
		}
	}
	return at.Interface
}

// ask asks the kernel for a route. The error is the kernel's error number.
func (j *judging) ask(node string, q Query) (Chosen, error) {
	r, err := j.Oracle.Route(node, q)
	if number := syscall.Errno(0); errors.As(err, &number) {
		err = number
	}
	return r, err
}

var marks = regexp.MustCompile(`fwmark (0x[0-9a-f]+|[0-9]+)`)

// byTOS reports whether a node's routing rules test the type of service, which cannot be
// part of a query to the kernel here.
func (j *judging) byTOS(node string) bool {
	return slices.ContainsFunc(j.Network.Lines, func(l Line) bool {
		return l.Node == node && l.Verb() == "ip" && strings.Contains(l.Text, " rule ") && strings.Contains(l.Text, " tos ")
	})
}

// byFlow reports whether a node divides IPv6 packets among next hops by their flow label, too,
// which cannot be part of a query to the kernel either.
func (j *judging) byFlow(node string) bool {
	return slices.ContainsFunc(j.Network.Lines, func(l Line) bool {
		return l.Node == node && strings.Contains(l.Text, "::/0 nexthop ")
	})
}

// routings returns the kernel's possible routings of a packet: with each mark that the node's
// routing rules test. The errors are those of the refused ones.
func (j *judging) routings(node string, q Query) (list []Chosen, refused []error) {
	all := []uint32{0}
	for _, l := range j.Network.Lines {
		if m := marks.FindStringSubmatch(l.Text); m != nil && l.Node == node {
			n, _ := strconv.ParseUint(m[1], 0, 32) // it has digits
			all = append(all, uint32(n))
		}
	}
	for _, q.Mark = range all {
		r, e := j.ask(node, q)
		if e == nil {
			list = append(list, r)
		} else {
			refused = append(refused, e)
		}
	}
	return list, refused
}

// routes checks the routes and next hops that a journey names.
func (j *judging) routes(p *trace.Journey) {
	for i := range p.Hops {
		h := &p.Hops[i]
		for k := range h.Changes {
			c := &h.Changes[k].Cause
			if i == 0 || p.Hops[i-1].Node != h.Node || len(h.Ambiguous)+len(p.Hops[i-1].Ambiguous) > 0 {
				continue
			}
			switch c.Kind {
			case trace.CauseRouting:
				j.Stated["routes"]++
				j.route(p, i, c)
			case trace.CauseNeighbour:
				j.Stated["neighbours"]++
				j.neighbour(p, i, &h.Changes[k])
			}
		}
	}
}

// at returns the possible routings of the packet between a hop and the one before it.
func (j *judging) at(p *trace.Journey, hop int) (list []Chosen, refused []error) {
	from, to := j.sighting(p, hop-1), j.sighting(p, hop)
	if from == nil || to == nil || from.Out || !from.IP {
		return nil, nil
	}
	return j.routings(from.At.Node, Query{Source: from.Src.Addr(), Destination: to.Dst.Addr(), Incoming: j.incoming(from.At)})
}

func (j *judging) route(p *trace.Journey, hop int, c *trace.Cause) {
	list, refused := j.at(p, hop)
	if j.byTOS(p.Hops[hop].Node) {
		j.Unknown["routes by type of service"]++
		return
	}
	if len(refused) > 0 && len(list) == 0 {
		j.wrong(WrongRoute, "%s at %s: %s, but the kernel says %v", j.name(p), p.Hops[hop].Place(), c.Route, refused)
		return
	}
	for _, r := range list {
		for _, way := range c.Route.NextHops() {
			if r.Interface == way.Interface && r.Gateway == way.Gateway && r.Destination == c.Route.Destination {
				return
			}
		}
	}
	if len(list) > 0 {
		j.wrong(WrongRoute, "%s at %s: %s, but the kernel uses %+v", j.name(p), p.Hops[hop].Place(), c.Route, list)
	}
}

func (j *judging) neighbour(p *trace.Journey, hop int, change *trace.Change) {
	c, h := &change.Cause, &p.Hops[hop]
	if c.Interface != h.Interface && c.Interface != j.incoming(Port{h.Node, h.Interface}) {
		j.wrong(WrongNeighbour, "%s at %s: sent by %s", j.name(p), h.Place(), c.Interface)
	}
	if !c.Neighbour.IsValid() {
		return
	}
	list, _ := j.at(p, hop)
	right := len(list) == 0 || j.byTOS(h.Node) || h.Packet.Dst.Addr().Is6() && j.byFlow(h.Node)
	for _, r := range list {
		next := r.Gateway
		if !next.IsValid() {
			next = netip.AddrPort(h.Packet.Dst).Addr()
		}
		right = right || next == c.Neighbour
	}
	if !right {
		j.wrong(WrongNeighbour, "%s at %s: the next hop is %s, but the kernel uses %+v", j.name(p), h.Place(), c.Neighbour, list)
		return
	}
	if change.Field == trace.FieldDestinationMAC {
		mac := j.Oracle.Neighbour(h.Node, c.Interface, c.Neighbour)
		if mac != "" && !strings.EqualFold(mac, change.To.String()) {
			j.wrong(WrongNeighbour, "%s at %s: %s is at %s, but the kernel says %s", j.name(p), h.Place(), c.Neighbour, change.To, mac)
		}
	}
}
