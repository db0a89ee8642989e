package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"
)

// room is how many bytes may still be copied of what can be read only once.
type room struct{ onDisk, inMemory int64 }

// spoolRoom is the room for all inputs of a command together. A capture of a full day
// fits; who writes without end does not fill the disk. In memory they are copied where
// there is no place for files.
var spoolRoom = room{onDisk: 8 << 30, inMemory: 128 << 20}

// of is the part of the room that a file takes from.
func (r *room) of(f temporary) *int64 {
	if f.inMemory {
		return &r.inMemory
	}
	return &r.onDisk
}

// spool is a temporary copy of what can be read only once.
type spool struct {
	from   *os.File
	copy   temporary
	copied int64
	more   bool // there was no room for the rest
}

func newSpool(from *os.File) (*spool, error) {
	f, err := unnamed()
	if err != nil {
		return nil, err
	}
	return &spool{from: from, copy: f}, nil
}

// fill copies the input to its end, until the context ends, or as far as there is
// room.
func (s *spool) fill(ctx context.Context, r *room) error {
	left := r.of(s.copy)
	type result struct {
		bytes int64
		more  bool
		err   error
	}
	copied := make(chan result, 1)
	most := *left
	go func() {
		n, err := io.Copy(s.copy.File, io.LimitReader(s.from, most))
		more := false
		if n == most && err == nil {
			next, _ := s.from.Read(make([]byte, 1)) // an error there says that no more can be read
			more = next > 0
		}
		copied <- result{n, more, err}
	}()
	done := func(c result) error {
		s.copied, s.more = c.bytes, c.more
		*left -= c.bytes
		return c.err
	}
	select {
	case c := <-copied:
		return done(c)
	case <-ctx.Done():
	}
	// Who writes has got the signal, too, and may have something left.
	select {
	case c := <-copied:
		return done(c)
	case <-time.After(time.Second):
	}
	if info, err := s.copy.Stat(); err != nil || info.Size() == 0 {
		return errInterrupted
	}
	return nil
}

// ReadAt reads the copy. What comes after it may not be the end of the input.
func (s *spool) ReadAt(b []byte, at int64) (int, error) {
	n, err := s.copy.ReadAt(b, at)
	if err == io.EOF && s.more {
		err = fmt.Errorf("there is more than is copied: the first %d bytes were read", s.copied)
	}
	return n, err
}

func (s *spool) close() {
	_ = s.copy.Close() // what is in it was read
	if s.copy.name != "" {
		_ = os.Remove(s.copy.name) // a temporary file, in the place for these
	}
}
