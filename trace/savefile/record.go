package savefile

import (
	"time"

	"tracer/trace"
)

// Record is one packet of a capture file.
type Record struct {
	Interface int // index into [Reader.Interfaces]
	Time      time.Time
	Direction trace.Direction // 0 where the file does not say
	Length    int             // on the wire, in bytes
	Data      []byte          // as much as was captured, from the link header on
	ID        uint64          // pcapng's packet id; 0 where there is none
	Comment   string          // for a person
}

// Interface is what a capture file says of an interface.
type Interface struct {
	Name        string // empty in classic pcap
	Description string
	Link        trace.LinkType
	SnapLength  int // the most bytes of one packet that were captured; 0: all
}

// maxPacket is the most bytes that one packet can have: what Wireshark and
// libpcap allow for most link types.
const maxPacket = 262144
