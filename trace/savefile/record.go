package savefile

import (
	"time"

	"tracer/trace"
)

// Record is one packet of a capture file.
type Record struct {
	Interface int // index into [Reader.Interfaces]
	Time      time.Time
	Direction trace.Direction // 0 if the file does not say
	Length    int             // on the wire, in bytes
	Data      []byte          // the captured bytes, from the link header on
	ID        uint64          // pcapng's packet id; 0 if none
	Comment   string          // for people
}

// Interface is a capture file's description of an interface.
type Interface struct {
	Name        string // empty in classic pcap
	Description string
	Link        trace.LinkType
	SnapLength  int // maximum number of bytes captured per packet; 0 means all
}

// maxPacket is the maximum length of a packet: what Wireshark and libpcap allow for most
// link types.
const maxPacket = 262144
