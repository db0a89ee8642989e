package savefile

import (
	"encoding/binary"
	"io"
)

// Sniff reports whether a file begins like a capture file. It returns a reader of the
// whole file, decompressed if it was compressed with gzip.
func Sniff(r io.Reader) (in io.Reader, isCapture bool, err error) {
	b, err := plain(r)
	if err != nil {
		return nil, false, &Error{0, err}
	}
	begin, _ := b.Peek(4) // a shorter file is not a capture
	if len(begin) < 4 {
		return b, false, nil
	}
	switch magic := binary.LittleEndian.Uint32(begin); magic {
	case sectionHeader, magicMicro, magicNano, swapped(magicMicro), swapped(magicNano):
		return b, true, nil
	}
	return b, false, nil
}
