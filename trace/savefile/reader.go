package savefile

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Reader reads the packets of one capture file, in the order of the file.
//
// A Reader is not safe for concurrent use.
type Reader struct {
	most       int // maximum number of interfaces
	in         *bufio.Reader
	offset     int64 // of the next read
	used       int   // bytes of the last record, still to be skipped
	interfaces []Interface
	shortened  int // number of names cut
	format     format
	err        error
}

// format is a format of capture files.
type format interface {
	// next returns the next record, and stores its length in Reader.used.
	next() (Record, error)
}

// bufferSize has room for the largest packet with its options. Files are read in pieces
// of readSize until a packet needs more.
const (
	bufferSize = 1 << 20
	readSize   = 1 << 16
)

// NewReader reads as much of a capture file as it needs to detect the format.
func NewReader(r io.Reader) (*Reader, error) {
	in, err := plain(r)
	if err != nil {
		return nil, &Error{0, err}
	}
	rd := &Reader{in: in, most: MaxInterfaces}
	begin, err := in.Peek(4)
	if err != nil {
		return nil, &Error{0, cut(err, ErrFormat)}
	}
	magic := binary.LittleEndian.Uint32(begin)
	if magic == sectionHeader { // the same in both byte orders
		rd.format = &pcapng{r: rd}
		return rd, nil
	}
	file, err := newPcap(rd, magic)
	if err != nil {
		return nil, &Error{0, err}
	}
	rd.format = file
	return rd, nil
}

// plain buffers the input, and decompresses it if necessary.
func plain(r io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, readSize)
	if magic, _ := in.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b { // RFC 1952, 2.3.1
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		return bufio.NewReaderSize(z, readSize), nil
	}
	return in, nil
}

// Describe sets the maximum number of interfaces in the file; more are an error. With a
// lower limit, many files can be read at once.
func (r *Reader) Describe(most int) { r.most = min(most, MaxInterfaces) }

// Next returns the next packet. At the end of the file it returns io.EOF. Any other error
// is an *[Error], and all packets before it have been returned. The next call overwrites
// the record's bytes.
func (r *Reader) Next() (Record, error) {
	if r.err != nil {
		return Record{}, r.err
	}
	r.pass(r.used)
	r.used = 0
	rec, err := r.format.next()
	if err == nil {
		return rec, nil
	}
	if !errors.Is(err, io.EOF) {
		err = &Error{r.offset, err}
	}
	r.err = err
	return Record{}, err
}

// Interfaces returns the interfaces described so far. In pcapng, more can follow between
// packets.
func (r *Reader) Interfaces() []Interface { return r.interfaces }

// Shortened returns the number of interface names and descriptions cut after [MaxName]
// bytes.
func (r *Reader) Shortened() int { return r.shortened }

// Offset returns how far the file has been read, in bytes after decompression.
func (r *Reader) Offset() int64 { return r.offset }

// peek returns the next bytes without consuming them.
func (r *Reader) peek(n int) ([]byte, error) {
	if n > r.in.Size() {
		r.in = bufio.NewReaderSize(r.in, bufferSize+readSize)
	}
	b, err := r.in.Peek(n)
	if len(b) == n {
		return b, nil
	}
	if len(b) == 0 && err == io.EOF {
		return nil, io.EOF
	}
	return nil, cut(err, ErrTruncated)
}

// cut returns meaning if err says that the file ended early. It leaves other errors of
// the underlying reader as they are.
func cut(err, meaning error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return meaning
	}
	return err
}

// pass consumes bytes, as far as they are there.
func (r *Reader) pass(n int) {
	passed, _ := r.in.Discard(n) // a shorter file ends at the next peek
	r.offset += int64(passed)
}

func tooLong(n uint32) error {
	return fmt.Errorf("a packet of %d bytes, more than any has", n)
}
