package stitch

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"

	"tracer/trace/savefile"
)

// Source is a capture file. It is read up to three times: twice if a filter depends on the
// outcome of packets, and once more for the frames to show.
type Source struct {
	In    io.ReaderAt // an open file; nothing is opened by name
	Size  int64       // in bytes, for progress; 0 if unknown
	Label string      // the file's name in messages
	Name  string      // of the point ("host/docker0") or the machine; empty for the file's own name
}

// MaxFiles is the maximum number of files that can be read side by side: each needs
// memory for reading ahead.
const MaxFiles = 1 << 10

// maxDescribed is the number of interfaces that all files together may describe, at up to
// half a kilobyte each. Up to 8 files may have as many as a single one.
const maxDescribed = 1 << 17

// Open opens a regular file. The caller must close it.
func Open(path string) (Source, io.Closer, error) {
	f, err := os.Open(path)
	if err != nil {
		return Source{}, nil, err
	}
	return File(f, path), f, nil
}

// File returns the source of an open file that can be read at any offset.
func File(f *os.File, label string) Source {
	s := Source{In: f, Label: label}
	if info, err := f.Stat(); err == nil {
		s.Size = info.Size()
	}
	return s
}

// read starts reading the file. Reading ends with the context.
func (s Source) read(ctx context.Context, count *counter) (*savefile.Reader, error) {
	in := &watched{ctx: ctx, in: io.NewSectionReader(s.In, 0, math.MaxInt64), count: count}
	file, err := savefile.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Label, err)
	}
	return file, nil
}

// watched is a file being read until a context ends.
type watched struct {
	ctx   context.Context
	in    io.Reader
	count *counter // nil if progress is not reported
}

func (w *watched) Read(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.in.Read(b)
	if w.count != nil {
		w.count.Add(int64(n))
	}
	return n, err
}
