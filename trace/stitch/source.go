package stitch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"tracer/trace"
	"tracer/trace/savefile"
)

// Source is a capture file.
type Source struct {
	Path  string
	Name  string // of the point, "host/docker0", or the machine; empty: what the file is called
	Label string // what the file is called in messages; empty: Path
}

func (s Source) label() string {
	if s.Label != "" {
		return s.Label
	}
	return s.Path
}

// open opens the file.
func (s Source) open(count io.Writer) (*savefile.Reader, io.Closer, error) {
	f, err := os.Open(s.Path)
	if err != nil {
		return nil, nil, err
	}
	file, err := savefile.NewReader(io.TeeReader(f, count))
	if err != nil {
		_ = f.Close() // it was only read from
		return nil, nil, fmt.Errorf("%s: %w", s.label(), err)
	}
	return file, f, nil
}

// batch is how many sightings are handed over at a time.
const batch = 256

// reader reads one file, in a goroutine of its own.
type reader struct {
	Source
	points  points
	numbers []int // by point of the file: its number among all
	name    string
	offset  time.Duration // to be added to its times
	full    chan []trace.Sighting
	empty   chan []trace.Sighting
	current []trace.Sighting // being handed out
	at      int
	held    [][]trace.Sighting // read ahead, not handed out yet

	size    int64 // of the file; 0: not known
	read    counter
	packets int
	unknown int   // packets that could not be decoded
	err     error // why reading ended early; to be looked at after full is closed
}

// open opens a file and starts to read it.
func open(ctx context.Context, s Source) (*reader, error) {
	r := &reader{Source: s, name: s.Name, full: make(chan []trace.Sighting, 4), empty: make(chan []trace.Sighting, 8)}
	if r.name == "" {
		r.name = baseName(s.Path)
	}
	if info, err := os.Stat(s.Path); err == nil && info.Mode().IsRegular() {
		r.size = info.Size()
	}
	file, f, err := s.open(&r.read)
	if err != nil {
		return nil, err
	}
	go func() {
		defer close(r.full)
		defer f.Close() // it was only read from
		r.err = r.run(ctx, file)
	}()
	return r, nil
}

// baseName is what a file is called, without what says its format.
func baseName(path string) string {
	name := filepath.Base(path)
	for _, end := range []string{".gz", ".pcap", ".pcapng", ".cap"} {
		name = strings.TrimSuffix(name, end)
	}
	return name
}

// counter counts what is read, for progress.
type counter struct{ atomic.Int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.Add(int64(len(b)))
	return len(b), nil
}

// run decodes packets into batches until the file ends.
func (r *reader) run(ctx context.Context, file *savefile.Reader) error {
	decoder := trace.NewDecoder()
	list := make([]trace.Sighting, 0, batch)
	for {
		rec, err := file.Next()
		if err != nil {
			if len(list) > 0 {
				r.send(ctx, list)
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("%s: %w", r.label(), err)
		}
		r.packets++
		i := &file.Interfaces()[rec.Interface]
		p, cooked, err := decoder.Captured(i.Link, rec.Data, rec.Length)
		if err != nil {
			r.unknown++
			continue
		}
		list = list[:len(list)+1]
		s := &list[len(list)-1]
		s.Point = r.points.of(r, rec.Interface, cooked.Interface, i)
		s.Time, s.Frame, s.Packet = rec.Time, r.packets, p
		if s.Direction = rec.Direction; s.Direction == 0 {
			s.Direction = cooked.Direction
		}
		if len(list) == batch {
			if !r.send(ctx, list) {
				return ctx.Err()
			}
			select {
			case list = <-r.empty:
				list = list[:0]
			default:
				list = make([]trace.Sighting, 0, batch)
			}
		}
	}
}

func (r *reader) send(ctx context.Context, list []trace.Sighting) bool {
	select {
	case r.full <- list:
		return true
	case <-ctx.Done():
		return false
	}
}

// ahead reads some sightings without handing them out.
func (r *reader) ahead(sightings int) {
	for n := 0; n < sightings; {
		list, more := <-r.full
		if !more {
			return
		}
		n += len(list)
		r.held = append(r.held, list)
	}
}

// next returns the next sighting, or nil at the end of the file. It is good until
// the one after it is asked for.
func (r *reader) next() *trace.Sighting {
	if r.at == len(r.current) {
		if r.current != nil {
			select {
			case r.empty <- r.current:
			default:
			}
		}
		r.at, r.current = 0, nil
		if len(r.held) > 0 {
			r.current, r.held = r.held[0], r.held[1:]
		} else if r.current = <-r.full; r.current == nil {
			return nil
		}
		for i := range r.current {
			r.current[i].Time = r.current[i].Time.Add(r.offset)
		}
	}
	r.at++
	return &r.current[r.at-1]
}
