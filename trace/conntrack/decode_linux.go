package conntrack

import (
	"errors"
	"fmt"
	"net/netip"
	"tracer/trace"

	"github.com/mdlayher/netlink"
	lib "github.com/ti-mo/conntrack"
)

// decode decodes a message of the groups that [Listen] joins.
func decode(m netlink.Message) (Event, error) {
	var e lib.Event
	if err := e.Unmarshal(m); err != nil {
		return Event{}, fmt.Errorf("conntrack event: %w", err)
	}
	if e.Flow == nil {
		return Event{}, errors.New("conntrack event: no connection")
	}
	out := Event{Entry: Entry{
		ID:       e.Flow.ID,
		Original: tuple(e.Flow.TupleOrig),
		Reply:    tuple(e.Flow.TupleReply),
		Status:   Status(e.Flow.Status.Value),
	}}
	switch e.Type {
	case lib.EventNew:
		out.Kind = New
	case lib.EventUpdate:
		out.Kind = Update
	case lib.EventDestroy:
		out.Kind = Destroy
	}
	if p := e.Flow.ProtoInfo.TCP; p != nil {
		out.State = trace.TCPState(p.State)
	}
	return out, nil
}

// tuple converts the library's type.
func tuple(t lib.Tuple) Tuple {
	source, destination := t.Proto.SourcePort, t.Proto.DestinationPort
	if t.Proto.ICMPv4 || t.Proto.ICMPv6 {
		source, destination = t.Proto.ICMPID, t.Proto.ICMPID
	}
	return Tuple{
		Protocol:    t.Proto.Protocol,
		Source:      netip.AddrPortFrom(t.IP.SourceAddress, source),
		Destination: netip.AddrPortFrom(t.IP.DestinationAddress, destination),
	}
}
