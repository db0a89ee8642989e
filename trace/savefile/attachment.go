package savefile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// An attachment is tracer's own data in a pcapng file. It is stored in blocks of a type
// for local use, which programs skip if they do not know it. Others may use the same
// type, so each block begins with a signature.

// signature begins each block of an attachment.
const signature = "tracer:1"

// ErrNoAttachment means that a file has nothing attached.
var ErrNoAttachment = errors.New("the file has nothing attached by tracer")

// chunk is the maximum number of an attachment's bytes in one block.
const chunk = 256 << 10

// Attachment returns a writer for the file's attachment. Close it before writing anything
// else.
func (w *Writer) Attachment() io.WriteCloser {
	return attaching{bufio.NewWriterSize(blocks{w}, chunk)}
}

// attaching collects data until it fills a block.
type attaching struct{ *bufio.Writer }

// Close writes the last block.
func (a attaching) Close() error { return a.Flush() }

// blocks writes each piece of data as separate blocks.
type blocks struct{ *Writer }

// Write never fails: [Writer.Flush] returns the error.
func (b blocks) Write(data []byte) (int, error) {
	w, length := b.Writer, len(data)
	for len(data) > 0 {
		n := min(len(data), chunk)
		w.begin(localBlock)
		w.block = append(w.block, signature...)
		w.u32(uint32(n))
		w.block = append(w.block, data[:n]...)
		w.pad()
		w.end()
		data = data[n:]
	}
	return length, nil
}

// Attached returns a reader of the data attached to a pcapng file. It reads the file as
// it goes, and skips everything else.
func Attached(r io.Reader) (io.Reader, error) {
	rd, err := NewReader(r)
	if err != nil {
		return nil, err
	}
	blocks, _ := rd.format.(*pcapng)
	if blocks == nil {
		return nil, ErrNoAttachment
	}
	a := &attachment{blocks: blocks}
	if err := a.fill(); errors.Is(err, io.EOF) {
		return nil, ErrNoAttachment
	} else if err != nil {
		return nil, err
	}
	return a, nil
}

// attachment reads the data block by block.
type attachment struct {
	blocks *pcapng
	part   []byte // of the current block, not yet read
	used   int    // bytes of the current block
}

func (a *attachment) Read(b []byte) (int, error) {
	if len(a.part) == 0 {
		if err := a.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(b, a.part)
	a.part = a.part[n:]
	return n, nil
}

// fill finds the next block with a part of the attachment.
func (a *attachment) fill() error {
	r := a.blocks.r
	for {
		r.pass(a.used)
		a.used = 0
		part, length, err := a.blocks.attached()
		switch {
		case errors.Is(err, io.EOF):
			return err
		case err != nil:
			return &Error{r.offset, err}
		case len(part) > 0:
			a.part, a.used = part, length
			return nil
		}
		if err := r.skip(int64(length)); err != nil {
			return &Error{r.offset, err}
		}
	}
}

// attached returns the data of the next block, if it belongs to an attachment.
func (p *pcapng) attached() (part []byte, length int, err error) {
	kind, n, err := p.head()
	if err != nil || kind != localBlock || n > bufferSize {
		return nil, int(n), err
	}
	b, err := p.whole(n)
	if err != nil {
		return nil, 0, err
	}
	b, ours := bytes.CutPrefix(b, []byte(signature))
	if !ours || len(b) < 4 {
		return nil, int(n), nil
	}
	size, b := p.order.Uint32(b), b[4:]
	if uint64(size) > uint64(len(b)) {
		return nil, 0, errBlock
	}
	return b[:size], int(n), nil
}
