package capture

import "github.com/google/gopacket"

var (
	_ gopacket.PacketDataSource         = (*Source)(nil)
	_ gopacket.ZeroCopyPacketDataSource = (*Source)(nil)
)

// ReadPacketData returns the next frame for gopacket, which may keep data. The
// one element of info.AncillaryData is the frame's Direction; the slice is
// shared and must not be changed. It returns io.EOF once Stop was called and
// the queue is empty, and an error wrapping os.ErrClosed after Close.
func (s *Source) ReadPacketData() (data []byte, info gopacket.CaptureInfo, err error) {
	return s.packetData(true)
}

// ZeroCopyReadPacketData is ReadPacketData, but data is valid until the next
// read only. Nothing is allocated.
func (s *Source) ZeroCopyReadPacketData() (data []byte, info gopacket.CaptureInfo, err error) {
	return s.packetData(false)
}

func (s *Source) packetData(keep bool) ([]byte, gopacket.CaptureInfo, error) {
	f, err := s.next(keep)
	if err != nil {
		return nil, gopacket.CaptureInfo{}, err
	}
	return f.Data, gopacket.CaptureInfo{
		Timestamp:      f.Time,
		CaptureLength:  len(f.Data),
		Length:         f.Length,
		InterfaceIndex: f.Interface,
		AncillaryData:  s.ancillary[f.Direction],
	}, nil
}
