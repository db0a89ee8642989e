package capture

import (
	"github.com/google/gopacket"

	"tracer/trace"
)

var _ gopacket.PacketDataSource = (*Source)(nil)

// DirectionOf returns the direction that a [Source] put into a frame's ancillary data, or
// 0 if there is none.
func DirectionOf(info gopacket.CaptureInfo) trace.Direction {
	for _, a := range info.AncillaryData {
		if d, ok := a.(trace.Direction); ok {
			return d
		}
	}
	return 0
}

// Mark is a packet's mark in the network namespace (skb->mark).
type Mark uint32

// MarkOf returns the mark that a packet had when the frame was captured, which a [Source]
// has put into the ancillary data; 0 if it had none or the kernel does not report marks:
// see [Source.Marks].
func MarkOf(info gopacket.CaptureInfo) Mark {
	for _, a := range info.AncillaryData {
		if m, ok := a.(Mark); ok {
			return m
		}
	}
	return 0
}
