package stitch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"tracer/trace"
	"tracer/trace/join"
	"tracer/trace/packet"
	"tracer/trace/savefile"
)

// Source is a capture file. It is read up to three times: twice if a filter depends on the
// outcome of packets, and once more for the frames to show.
type Source struct {
	In    io.ReaderAt // an open file; nothing is opened by name
	Size  int64       // in bytes, for progress; 0 if unknown
	Label string      // the file's name in messages
	Name  string      // of the point, "host/docker0", or the machine; empty: the file's
}

// MaxFiles is the number of files that can be read side by side: each needs memory for
// reading ahead.
const MaxFiles = 1 << 10

// maxDescribed is the number of interfaces that all files together may describe, of half
// a kilobyte each at most. Up to 8 files may have as many as a single one.
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
	count *counter // nil: progress is not shown
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

// batch is the number of sightings handed over at a time. With many files it is smaller,
// since each has up to 16 batches: 65,536 sightings in total, or 20 MB.
const batch = 256

func batchOf(files int) int { return min(batch, max(4, 1<<12/files)) }

// reader reads one file, in a goroutine of its own.
type reader struct {
	Source
	points   points
	names    int   // that were cut
	numbers  []int // by point of the file: its number among all
	name     string
	offset   time.Duration    // to be added to its times
	setBack  time.Duration    // by how much its clock was set back meanwhile, which is part of offset
	last     []time.Time      // by point of the file: the time of the sighting before
	steps    int              // how often it was set back
	newest   time.Time        // of all sightings so far
	disorder bool             // packets of one point come behind later ones of another
	shared   *[]time.Duration // by how much the clocks of all files were set back, each time
	full     chan []join.Sighting
	empty    chan []join.Sighting
	current  []join.Sighting // being handed out
	at       int
	held     [][]join.Sighting // read ahead, not handed out yet
	batch    int               // sightings in each list
	lawless  int               // decreasing times that were not corrected

	read    counter
	packets int
	counts  []counts // by point of the file
	err     error    // why reading ended early; to be looked at after full is closed
}

// counts are of packets at one point that are not as they should be.
type counts struct {
	undecoded, snapped int
	packets, strange   int            // all; those whose time cannot be shown
	link               trace.LinkType // of those that could not be decoded, if it is not known
}

// open starts reading a file.
func open(ctx context.Context, s Source, files int) (*reader, error) {
	r := &reader{
		Source: s, name: s.Name, full: make(chan []join.Sighting, 4), empty: make(chan []join.Sighting, 8),
		batch: batchOf(files), points: points{most: min(maxPoints, maxAllPoints/files)},
	}
	if r.name == "" {
		r.name = baseName(s.Label)
	}
	file, err := s.read(ctx, &r.read)
	if err != nil {
		return nil, err
	}
	file.Describe(maxDescribed / files)
	go func() {
		defer close(r.full)
		r.err = r.run(ctx, file)
	}()
	return r, nil
}

// wait waits until reading has ended, at the end of the file or of the context.
func (r *reader) wait() {
	for range r.full { // closed then
	}
}

// baseName is what a file is called, without what says its format.
func baseName(path string) string {
	name := filepath.Base(path)
	for _, end := range []string{".gz", ".pcap", ".pcapng", ".cap"} {
		name = strings.TrimSuffix(name, end)
	}
	return name
}

// counter counts the bytes read, for progress.
type counter struct{ atomic.Int64 }

// checkEvery is the number of packets between checks of the context: packets that cannot
// be decoded are not handed over, so reading them would not notice its end.
const checkEvery = 1 << 12

// run decodes packets into batches until the file ends.
func (r *reader) run(ctx context.Context, file *savefile.Reader) error {
	decoder, decoded := packet.NewDecoder(), 0
	list := make([]join.Sighting, 0, r.batch)
	for {
		rec, err := file.Next()
		if err != nil {
			if len(list) > 0 {
				r.send(ctx, list)
			}
			if errors.Is(err, io.EOF) {
				err = nil
			}
			r.empties(file)
			if err == nil && decoded == 0 && r.packets > 0 {
				err = fmt.Errorf("none of its %d packets can be read: %v", r.packets, file.Interfaces()[0].Link)
			}
			if err != nil {
				err = fmt.Errorf("%s: %w", r.Label, err)
			}
			return err
		}
		if r.packets++; r.packets%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		i := &file.Interfaces()[rec.Interface]
		p, cooked, err := decoder.Captured(i.Link, rec.Data, rec.Length)
		point := r.points.of(r, rec.Interface, cooked.Interface, i)
		n := r.tally(point)
		n.packets++
		if len(rec.Data) < rec.Length {
			n.snapped++
		}
		if err != nil {
			n.undecoded++
			if !i.Link.Known() {
				n.link = i.Link
			}
			continue
		}
		decoded++
		list = list[:len(list)+1]
		s := &list[len(list)-1]
		s.Point = point
		var strange bool
		s.Time, strange = legal(rec.Time)
		if s.Frame, s.Packet = r.packets, p; strange {
			n.strange++
		}
		if s.Direction = rec.Direction; s.Direction == 0 {
			s.Direction = cooked.Direction
		}
		if len(list) == r.batch {
			if !r.send(ctx, list) {
				return ctx.Err()
			}
			select {
			case list = <-r.empty:
				list = list[:0]
			default:
				list = make([]join.Sighting, 0, r.batch)
			}
		}
	}
}

// tally returns the counts of a point.
func (r *reader) tally(point int) *counts {
	for point >= len(r.counts) {
		r.counts = append(r.counts, counts{})
	}
	return &r.counts[point]
}

// beyond is how often a limit of the file was reached.
func (r *reader) beyond(kind trace.LimitKind) (n int) {
	switch kind {
	case trace.LimitPoints:
		if len(r.counts) > r.points.most {
			n = r.counts[r.points.most].packets
		}
	case trace.LimitNames:
		n = r.names
	case trace.LimitTimes:
		for i := range r.counts {
			n += r.counts[i].strange
		}
	case trace.LimitClock:
		n = r.lawless
	}
	return n
}

// empties adds the interfaces at which nothing was captured.
func (r *reader) empties(file *savefile.Reader) {
	r.names = file.Shortened()
	for n := range file.Interfaces() {
		if i := &file.Interfaces()[n]; i.Link != trace.LinkSLL2 {
			r.points.of(r, n, 0, i)
		}
	}
	if len(r.points.list) == 0 {
		r.points.add(trace.Point{Node: r.name})
	}
	r.tally(len(r.points.list) - 1)
}

func (r *reader) send(ctx context.Context, list []join.Sighting) bool {
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
func (r *reader) next() *join.Sighting {
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
	}
	s := &r.current[r.at]
	r.at++
	s.Time = r.time(s)
	return s
}

// The times that can be shown: their nanoseconds since 1970 fit into 64 bits, so any two
// can be compared.
var (
	earliest = time.Unix(0, 0)
	latest   = time.Unix(0, math.MaxInt64)
)

// lastYear is the year of latest.
const lastYear = 2262

// legal returns the nearest time that can be shown, and whether it differs. A missing time
// becomes 1970.
func legal(t time.Time) (time.Time, bool) {
	if seconds := t.Unix(); 0 <= seconds && seconds < math.MaxInt64/int64(time.Second) {
		return t, false // nearly always
	}
	switch {
	case t.IsZero():
		return earliest, false
	case t.Before(earliest):
		return earliest, true
	case t.After(latest):
		return latest, true
	}
	return t, false
}

// stepped is by how much to correct a clock that seems to have been set back. What
// is seen of a step is less than it was, by the time without packets; files of one
// machine are side by side again if all are corrected alike.
func (r *reader) stepped(back time.Duration) time.Duration {
	n := r.steps
	r.steps++
	if n < len(*r.shared) && (back-(*r.shared)[n]).Abs() < step {
		return (*r.shared)[n]
	}
	if n == len(*r.shared) {
		*r.shared = append(*r.shared, back)
	}
	return back
}

const (
	// step is by how much a time must be before the one before it for the clock to
	// have been set back.
	step = time.Second
	// maxSteps is how often it is taken for that, and maxBack how far in all. What
	// comes after is no clock.
	maxSteps = 1 << 12
	maxBack  = 100 * 365 * 24 * time.Hour
)

// time returns the corrected time of a sighting. Where the clock of a capture is set
// back, times go on from there: files of one machine have the step at the same
// place, and would not be side by side any more.
func (r *reader) time(s *join.Sighting) time.Time {
	for s.Point >= len(r.last) {
		r.last = append(r.last, time.Time{})
	}
	t, _ := legal(s.Time.Add(r.offset))
	if last := r.last[s.Point]; t.Before(last) && last.Sub(t) > step {
		back := last.Sub(t)
		if r.steps >= maxSteps || back > maxBack-r.setBack {
			r.lawless++
		} else {
			back = r.stepped(back)
			r.offset += back
			r.setBack += back
			t, _ = legal(s.Time.Add(r.offset))
		}
	}
	r.last[s.Point] = t
	if t.After(r.newest) {
		r.newest = t
	} else if r.newest.Sub(t) > step {
		r.disorder = true
	}
	return t
}
