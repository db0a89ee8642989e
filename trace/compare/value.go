package compare

import (
	"fmt"
	"net/netip"
	"strconv"

	"tracer/trace"
)

// change names how a field changed, and what changed it. The old value says nothing new.
func (w *ways) change(s Side, node string, j *trace.Journey, c *trace.Change) string {
	cause := &c.Cause
	by := ""
	switch cause.Kind {
	case trace.CauseRule:
		by = w.decider(s, node, &cause.Rule)
	case trace.CauseConntrack, trace.CauseInferred:
		by = fmt.Sprintf("%v %t %t %s", cause.Translation, cause.Reverse, cause.Origin.Earlier, w.decider(s, node, &cause.Origin.Rule))
	case trace.CauseRouting:
		by = w.text(s, node, cause.Route.Short())
	case trace.CauseNeighbour:
		by = w.iface(s, node, cause.Interface) + " " + w.address(s, cause.Neighbour)
	}
	return fmt.Sprintf("%v %s %v %v %s", c.Field, w.value(s, j, c), c.Hook, cause.Kind, by)
}

// value names the new value of a field, unless it differs from run to run.
func (w *ways) value(s Side, j *trace.Journey, c *trace.Change) string {
	switch to := c.To.(type) {
	case trace.Endpoint:
		return w.endpoint(s, j, to)
	case trace.MAC:
		return w.mac(s, to)
	case trace.TTL:
		if from, ok := c.From.(trace.TTL); ok {
			return strconv.Itoa(int(to) - int(from))
		}
	case trace.ICMPID:
		return ""
	}
	switch c.Field {
	case trace.FieldID, trace.FieldWindow:
		return ""
	}
	return fmt.Sprint(c.To)
}

// ephemeral is the first port that Linux gives to a socket by default
// (net.ipv4.ip_local_port_range).
const ephemeral = 32768

// endpoint names one end of a packet. The port of the end that opened the conversation
// differs from run to run, and so does the port that NAT puts in its place.
func (w *ways) endpoint(s Side, j *trace.Journey, e trace.Endpoint) string {
	ap := netip.AddrPort(e)
	port := strconv.Itoa(int(ap.Port()))
	if f := w.flows[s][j.Flow]; f != nil {
		own, translated := f.Original.Source.Port(), f.Reply.Destination.Port()
		switch {
		case own < ephemeral:
		case ap.Port() == own:
			port = "own"
		case ap.Port() == translated:
			port = "translated"
		}
	}
	return w.address(s, ap.Addr()) + ":" + port
}
