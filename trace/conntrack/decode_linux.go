package conntrack

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/mdlayher/netlink"
	lib "github.com/ti-mo/conntrack"

	"tracer/trace"
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
	out := Event{Entry: entry(e.Flow)}
	switch e.Type {
	case lib.EventNew:
		out.Kind = New
	case lib.EventUpdate:
		out.Kind = Update
	case lib.EventDestroy:
		out.Kind = Destroy
	}
	return out, nil
}

// entry converts the library's type.
func entry(f *lib.Flow) Entry {
	e := Entry{
		ID: f.ID, Original: tuple(f.TupleOrig), Reply: tuple(f.TupleReply), Status: Status(f.Status.Value),
		Zone: f.Zone, Mark: f.Mark, Started: f.Timestamp.Start, Stopped: f.Timestamp.Stop,
	}
	if p := f.ProtoInfo.TCP; p != nil {
		e.State = trace.TCPState(p.State)
	}
	return e
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
