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
// A Reader is not for use by several goroutines at once.
type Reader struct {
	most       int // interfaces that may be described
	in         *bufio.Reader
	offset     int64 // of what is read next
	used       int   // bytes of the last record, which are to be passed over
	interfaces []Interface
	shortened  int // names that were cut
	format     format
	err        error
}

// format is a format of capture files.
type format interface {
	// next returns the next record, and says in Reader.used how many bytes it has.
	next() (Record, error)
}

// bufferSize has room for the largest packet and its options. Files are read in parts of
// readSize until a packet needs more.
const (
	bufferSize = 1 << 20
	readSize   = 1 << 16
)

// NewReader reads the beginning of a capture file: as far as is needed to know
// its format.
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

// plain buffers what is read, and decompresses it if need be.
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

// Describe sets how many interfaces the file may describe. One beyond is an error.
// Who reads many files has less memory for each.
func (r *Reader) Describe(most int) { r.most = min(most, MaxInterfaces) }

// Next returns the next packet. At the end of the file the error is io.EOF; any
// other is an *[Error], and all that could be read has been returned before it.
// The record's bytes are overwritten by the next call.
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

// Interfaces returns what the file has said of interfaces so far. In pcapng, more
// can come with any packet.
func (r *Reader) Interfaces() []Interface { return r.interfaces }

// Shortened is the number of interface names and descriptions cut after [MaxName] bytes.
func (r *Reader) Shortened() int { return r.shortened }

// Offset is how far the file has been read, in bytes after decompression.
func (r *Reader) Offset() int64 { return r.offset }

// peek returns the next bytes without passing over them.
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

// cut says what it means that the file ended too early; other errors of the
// underlying reader are left as they are.
func cut(err, meaning error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return meaning
	}
	return err
}

// pass passes over bytes, which need not be there.
func (r *Reader) pass(n int) {
	passed, _ := r.in.Discard(n) // a file that is shorter ends with the next peek
	r.offset += int64(passed)
}

func tooLong(n uint32) error {
	return fmt.Errorf("a packet of %d bytes, more than any has", n)
}
