package capture

import "encoding/binary"

const (
	macsLength = 12 // destination and source address, before any tag
	tagLength  = 4  // an IEEE 802.1Q tag: TPID, then TCI
)

// restoreTag inserts a VLAN tag between the addresses and the type of the frame in
// buf[tagLength:], and returns the part of buf that holds the frame now. It uses the room
// before the frame, so only the addresses move. A frame too short for both addresses
// stays as it is.
func restoreTag(buf []byte, tpid, tci uint16) []byte {
	if len(buf) < tagLength+macsLength {
		return buf[tagLength:]
	}
	copy(buf, buf[tagLength:tagLength+macsLength])
	binary.BigEndian.PutUint16(buf[macsLength:], tpid)
	binary.BigEndian.PutUint16(buf[macsLength+2:], tci)
	return buf
}
