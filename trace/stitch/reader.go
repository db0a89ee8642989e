package stitch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync/atomic"

	"tracer/trace"
	"tracer/trace/join"
	"tracer/trace/packet"
	"tracer/trace/savefile"
)

// reader reads one file in a goroutine of its own, which hands sightings over in batches.
type reader struct {
	Source
	timeline // used by the consumer of the sightings
	points   points
	name     string
	numbers  []int // by point of the file: its number among all
	batches  batches

	read    counter
	names   int // number of names cut
	packets int
	decoded int
	counts  []counts // by point of the file
	err     error    // why reading ended early; valid once the batches have ended
}

// counts are the packet counts of one point.
type counts struct {
	undecoded, snapped int
	packets, strange   int            // all; those whose time cannot be shown
	link               trace.LinkType // link type of undecoded packets, if unknown
}

// open starts reading a file.
func open(ctx context.Context, s Source, files int) (*reader, error) {
	r := &reader{Source: s, name: s.Name, batches: newBatches(files), points: points{most: min(maxPoints, maxAllPoints/files)}}
	if r.name == "" {
		r.name = baseName(s.Label)
	}
	file, err := s.read(ctx, &r.read)
	if err != nil {
		return nil, err
	}
	file.Describe(maxDescribed / files)
	go func() {
		defer close(r.batches.full)
		r.err = r.run(ctx, file)
	}()
	return r, nil
}

// wait waits until reading has ended, because of the end of the file or of the context.
func (r *reader) wait() {
	for range r.batches.full { // closed when reading ends
	}
}

// baseName returns a file's name without the extensions of its format.
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
	decoder := packet.NewDecoder()
	for {
		rec, err := file.Next()
		if err != nil {
			r.batches.flush(ctx)
			return r.finish(file, err)
		}
		if r.packets++; r.packets%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		i := &file.Interfaces()[rec.Interface]
		s := r.batches.next()
		var header packet.LinkHeader
		s.Packet, header, err = decoder.Captured(i.Link, rec.Data, rec.Length)
		s.Point = r.points.of(r, rec.Interface, header.Interface, i)
		var strange bool
		s.Time, strange = legal(rec.Time)
		if r.count(s.Point, rec, i.Link, strange, err); err != nil {
			continue
		}
		s.Frame = r.packets
		if s.Direction = rec.Direction; s.Direction == 0 {
			s.Direction = header.Direction
		}
		if !r.batches.keep(ctx) {
			return ctx.Err()
		}
	}
}

// count counts a packet. err says why it could not be decoded.
func (r *reader) count(point int, rec savefile.Record, link trace.LinkType, strange bool, err error) {
	n := r.tally(point)
	n.packets++
	if len(rec.Data) < rec.Length {
		n.snapped++
	}
	switch {
	case err == nil:
		r.decoded++
		if strange {
			n.strange++
		}
	case !link.Known():
		n.link = link
		fallthrough
	default:
		n.undecoded++
	}
}

// finish returns the error for a file that could not be read to its end, or not at all.
func (r *reader) finish(file *savefile.Reader, err error) error {
	r.empties(file)
	switch {
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("%s: %w", r.Label, err)
	case r.decoded == 0 && r.packets > 0:
		return fmt.Errorf("%s: none of its %d packets can be read: %v", r.Label, r.packets, file.Interfaces()[0].Link)
	}
	return nil
}

// tally returns the counts of a point.
func (r *reader) tally(point int) *counts {
	for point >= len(r.counts) {
		r.counts = append(r.counts, counts{})
	}
	return &r.counts[point]
}

// beyond returns how often a limit of the file was reached.
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

// ahead reads some sightings in advance, without handing them out.
func (r *reader) ahead(sightings int) { r.batches.ahead(sightings) }

// next returns the next sighting, or nil at the end of the file. It is valid until the next
// call.
func (r *reader) next() *join.Sighting {
	s := r.batches.take()
	if s != nil {
		s.Time = r.correct(s.Point, s.Time)
	}
	return s
}
