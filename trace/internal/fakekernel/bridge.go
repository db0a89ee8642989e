package fakekernel

import (
	"strings"
	"time"

	"tracer/trace"
)

// bridge forwards a frame that arrived on a bridge's port: up to the bridge's own IP
// layer, out through another port, or both.
//
// If bridged packets meet iptables, they pass prerouting before that decision; the
// bridge's IP layer does not repeat it.
func (t *transit) bridge(port *trace.Interface) {
	master := t.at.Interface(port.Master)
	stamp := t.Now
	if t.destination == everyone {
		t.captured(master, trace.In)
		t.flood(master, port)
		return
	}
	t.in = master
	filtered := t.at.BridgeNetfilter && t.ARP == 0
	if filtered {
		t.prerouting()
	}
	if t.destination == master.MAC {
		t.handUp(master, stamp, filtered)
		return
	}
	if filtered && !(t.forward(master) && t.postrouting(master)) {
		return
	}
	t.flood(master, port)
}

// handUp passes the packet to the IP layer of the node, in a new buffer. The frame keeps
// the time stamp of the port.
func (t *transit) handUp(master *trace.Interface, stamp time.Time, filtered bool) {
	t.buffer = &buffer{}
	t.captured(master, trace.In).Time = stamp
	if t.ARP != 0 {
		t.delivered(t.at.Name)
		return
	}
	if !filtered {
		t.prerouting()
	}
	t.route()
}

// flood sends the frame out of the bridge's ports that lead to its destination, but not
// back to where it came from.
func (t *transit) flood(master, from *trace.Interface) {
	for i := range t.at.Interfaces {
		port := &t.at.Interfaces[i]
		if port.Master == master.Name && port != from && (t.destination == everyone || t.leads(port, t.destination)) {
			t.transmit(port)
		}
	}
}

// leads reports whether the interface with a hardware address is behind a port, as a real
// bridge would have learned.
func (k *Kernel) leads(port *trace.Interface, to trace.MAC) bool {
	name, end, _ := strings.Cut(port.Peer, "/")
	n := k.nodes[name]
	far := n.Interface(end)
	if far.Master == "" {
		return far.MAC == to
	}
	for i := range n.Interfaces {
		other := &n.Interfaces[i]
		if other.Name == far.Master && other.MAC == to || other.Master == far.Master && other != far && k.leads(other, to) {
			return true
		}
	}
	return false
}
