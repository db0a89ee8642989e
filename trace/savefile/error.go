package savefile

import (
	"errors"
	"fmt"
)

// Error is what is wrong with a capture file, with its offset.
type Error struct {
	Offset int64 // of the record or block that cannot be read, uncompressed
	Err    error
}

// Error returns what is wrong, followed by the offset.
func (e *Error) Error() string { return fmt.Sprintf("%v, at offset %d", e.Err, e.Offset) }

// Unwrap returns the underlying error.
func (e *Error) Unwrap() error { return e.Err }

var (
	// ErrFormat means that the file is not a capture file.
	ErrFormat = errors.New("not a pcap or pcapng file")
	// ErrTruncated means that the file ends within a record.
	ErrTruncated = errors.New("the file ends in the middle of a packet")
)
