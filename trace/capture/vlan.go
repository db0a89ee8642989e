package capture

import "encoding/binary"

const (
	macsLength = 12 // destination and source address, before any tag
	tagLength  = 4  // an IEEE 802.1Q tag: TPID, then TCI
)

// restoreTag puts a VLAN tag back between the addresses and the type of the
// frame in buf[tagLength:]. The tag takes the room before the frame, so that
// twelve bytes move and not the payload. It returns the part of buf that is
// the frame now; a frame too short to have both addresses stays as it is.
func restoreTag(buf []byte, tpid, tci uint16) []byte {
	if len(buf) < tagLength+macsLength {
		return buf[tagLength:]
	}
	copy(buf, buf[tagLength:tagLength+macsLength])
	binary.BigEndian.PutUint16(buf[macsLength:], tpid)
	binary.BigEndian.PutUint16(buf[macsLength+2:], tci)
	return buf
}
