package dissect

import (
	"encoding/binary"
	"errors"
	"strings"
)

var (
	errShort   = errors.New("the message ends in it")
	errLabel   = errors.New("a label of a reserved kind")
	errPointer = errors.New("a pointer that does not point back")
	errLong    = errors.New("a name of more than 255 bytes")
)

const maxName = 255 // bytes of a name (RFC 1035, 2.3.4)

// dnsName reads the name at an offset of the message, and returns it with the
// offset of what follows. A dot inside of a label is escaped.
func dnsName(message []byte, at int) (name string, next int, err error) {
	var text strings.Builder
	size := 0
	for {
		if at >= len(message) {
			return "", 0, errShort
		}
		n := int(message[at])
		switch n >> 6 {
		case 0:
			if at+1+n > len(message) {
				return "", 0, errShort
			}
			if n == 0 {
				if next == 0 {
					next = at + 1
				}
				if size == 0 {
					return ".", next, nil
				}
				return text.String(), next, nil
			}
			if size += 1 + n; size > maxName {
				return "", 0, errLong
			}
			if text.Len() > 0 {
				text.WriteByte('.')
			}
			label := printable(message[at+1:at+1+n], 4*maxName)
			text.WriteString(strings.ReplaceAll(label, ".", `\.`))
			at += 1 + n
		case 3:
			if at+2 > len(message) {
				return "", 0, errShort
			}
			// Going only back ends, for each way round adds a label, and the
			// size of a name is bounded (RFC 1035, 4.1.4).
			target := int(binary.BigEndian.Uint16(message[at:]) & 0x3fff)
			if target >= at {
				return "", 0, errPointer
			}
			if next == 0 {
				next = at + 2
			}
			at = target
		default:
			return "", 0, errLabel
		}
	}
}
