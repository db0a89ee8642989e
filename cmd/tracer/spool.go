package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/muesli/cancelreader"
)

// room is how many more bytes may be copied from inputs that can be read only once.
type room struct{ onDisk, inMemory int64 }

// spoolRoom is the room for all inputs of a command together. A capture of a full day fits,
// and endless input does not fill the disk. Without a writable directory, copies are in
// memory.
var spoolRoom = room{onDisk: 8 << 30, inMemory: 128 << 20}

// of returns the part of the room that a file uses.
func (r *room) of(f temporary) *int64 {
	if f.inMemory {
		return &r.inMemory
	}
	return &r.onDisk
}

// spool is a temporary copy of an input that can be read only once.
type spool struct {
	from   *os.File
	copy   temporary
	copied int64
	more   bool // the input was longer than the room
}

func newSpool(from *os.File) (*spool, error) {
	f, err := unnamed()
	if err != nil {
		return nil, err
	}
	return &spool{from: from, copy: f}, nil
}

// fill copies the input until its end, the end of the context, or the end of the room. When
// it returns, nothing reads the input any more, except after errInterrupted: Windows cannot
// end a read, so the process must end.
func (s *spool) fill(ctx context.Context, r *room) (err error) {
	in, err := cancelreader.NewReader(s.from)
	if err != nil { // for example, for a regular file, where reads do not wait
		in, _ = cancelreader.NewReader(struct{ io.Reader }{s.from}) // cannot fail: it is not a file
	}
	copied := make(chan error, 1)
	left := r.of(s.copy)
	go func() { copied <- s.take(in, *left) }()
	select {
	case err = <-copied:
	case <-ctx.Done():
		err = s.end(in, copied)
	}
	if errors.Is(err, errInterrupted) {
		return err
	}
	*left -= s.copied
	return errors.Join(err, in.Close())
}

// take copies at most the given number of bytes, and notes whether there are more.
func (s *spool) take(in io.Reader, most int64) (err error) {
	s.copied, err = io.Copy(s.copy.File, io.LimitReader(in, most))
	if s.copied == most && err == nil {
		next, _ := in.Read(make([]byte, 1)) // after an error, no more can be read
		s.more = next > 0
	}
	return err
}

// end ends the copying. The program at the other end of a pipe got the same signal, and may
// still have something to write.
func (s *spool) end(in cancelreader.CancelReader, copied <-chan error) error {
	select {
	case err := <-copied:
		return err
	case <-time.After(time.Second):
	}
	if !in.Cancel() && runtime.GOOS == "windows" {
		return errInterrupted
	}
	err := <-copied
	if errors.Is(err, cancelreader.ErrCanceled) {
		err = nil
	}
	if err == nil && s.copied == 0 {
		err = errors.Join(errInterrupted, in.Close())
	}
	return err
}

// ReadAt reads the copy. At the end of an incomplete copy, it returns an error.
func (s *spool) ReadAt(b []byte, at int64) (int, error) {
	n, err := s.copy.ReadAt(b, at)
	if err == io.EOF && s.more {
		err = fmt.Errorf("only the first %d bytes were read: there is no room for more", s.copied)
	}
	return n, err
}

func (s *spool) close() {
	_ = s.copy.Close() // no longer needed
	if s.copy.name != "" {
		_ = os.Remove(s.copy.name) // in the directory for temporary files
	}
}
