package fakekernel

import (
	"net/netip"

	"tracer/trace"
)

// output sends a locally generated packet. It is rerouted if its destination was
// translated.
func (t *transit) output() {
	out, next := t.next()
	if out == nil {
		return
	}
	t.track()
	t.begin(trace.Output, nil, out)
	if t.opens() && !t.evaluate("nat", trace.Output, nil, out) {
		return
	}
	t.translate(trace.Output)
	out, next = t.next()
	t.checkpoint("seen", trace.Output, nil, out)
	if t.evaluate("filter", trace.Output, nil, out) && t.postrouting(out) {
		t.leave(out, next)
	}
}

// prerouting is the first hook of an incoming packet.
func (t *transit) prerouting() {
	t.track()
	t.begin(trace.Prerouting, t.in, nil)
	if t.opens() {
		t.evaluate("nat", trace.Prerouting, t.in, nil)
	}
	t.translate(trace.Prerouting)
	t.checkpoint("seen", trace.Prerouting, t.in, nil)
}

// route takes a packet through the node's IP layer after prerouting: it is delivered
// locally or forwarded.
func (t *transit) route() {
	if owns(t.at.Node, t.Datagram.Destination.Addr()) {
		if t.evaluate("filter", trace.Input, t.in, nil) {
			t.translate(trace.Input)
			t.checkpoint("seen", trace.Input, t.in, nil)
			t.confirm()
			t.delivered(t.at.Name)
		}
		return
	}
	out, next := t.next()
	if out == nil || !t.at.Forwarding {
		return
	}
	t.TTL--
	t.Routers++
	if t.forward(out) && t.postrouting(out) {
		t.leave(out, next)
	}
}

// forward reports whether the packet gets past the hook.
func (t *transit) forward(out *trace.Interface) bool {
	if !t.evaluate("filter", trace.Forward, t.in, out) {
		return false
	}
	t.checkpoint("seen", trace.Forward, t.in, out)
	return true
}

// postrouting reports whether the packet gets past the hook.
func (t *transit) postrouting(out *trace.Interface) bool {
	t.checkpoint("near", trace.Postrouting, nil, out)
	if t.opens() && !t.evaluate("nat", trace.Postrouting, nil, out) {
		return false
	}
	t.translate(trace.Postrouting)
	t.checkpoint("seen", trace.Postrouting, nil, out)
	t.confirm()
	return true
}

// leave adds a link header to the packet and sends it out through an interface.
func (t *transit) leave(out *trace.Interface, next netip.Addr) {
	t.source, t.destination = out.MAC, t.owner(next)
	if t.ARP == 1 {
		t.destination = everyone
	}
	if out.Kind != "bridge" {
		t.transmit(out)
		return
	}
	t.tick()
	t.captured(out, trace.Out)
	t.flood(out, nil)
}

// next returns the interface and next hop of the longest prefix in the routing table that
// matches the packet's destination, or nil.
func (t *transit) next() (*trace.Interface, netip.Addr) {
	to, most := t.Datagram.Destination.Addr(), -1
	var best *trace.Route
	for i := range t.at.Routes {
		if r := &t.at.Routes[i]; r.Destination.Contains(to) && r.Destination.Bits() > most {
			best, most = r, r.Destination.Bits()
		}
	}
	if best == nil {
		return nil, to
	}
	if best.Gateway.IsValid() {
		to = best.Gateway
	}
	return t.at.Interface(best.Interface), to
}

// owns reports whether an address belongs to a node.
func owns(n *trace.Node, a netip.Addr) bool {
	for _, i := range n.Interfaces {
		for _, p := range i.Addresses {
			if p.Addr() == a {
				return true
			}
		}
	}
	return false
}
