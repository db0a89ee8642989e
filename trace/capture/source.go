package capture

import "github.com/google/gopacket"

var _ gopacket.PacketDataSource = (*Source)(nil)

// DirectionOf returns the direction that a [Source] put into a frame's ancillary data, or
// the zero Direction if there is none.
func DirectionOf(info gopacket.CaptureInfo) Direction {
	for _, a := range info.AncillaryData {
		if d, ok := a.(Direction); ok {
			return d
		}
	}
	return 0
}
