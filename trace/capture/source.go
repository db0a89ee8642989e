package capture

import (
	"tracer/trace"

	"github.com/google/gopacket"
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
