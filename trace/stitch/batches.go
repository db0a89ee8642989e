package stitch

import (
	"context"

	"tracer/trace/join"
)

// batches pass sightings from the goroutine that decodes them to the one that joins them,
// many at a time. Used lists go back to be filled again.
//
//	next, keep ─▶ filling ──full──▶ current ─▶ take
//	                 ▲                 │
//	                 └─────empty───────┘
type batches struct {
	size    int
	full    chan []join.Sighting
	empty   chan []join.Sighting
	filling []join.Sighting

	held    [][]join.Sighting // read ahead, not handed out yet
	current []join.Sighting   // being handed out
	at      int
}

// batch is the number of sightings in a list. With many files it is smaller, since each
// file has up to 16 lists: 65,536 sightings in total, or 20 MB.
const batch = 256

func newBatches(files int) batches {
	size := min(batch, max(4, 1<<12/files))
	return batches{
		size: size, full: make(chan []join.Sighting, 4), empty: make(chan []join.Sighting, 8),
		filling: make([]join.Sighting, 0, size),
	}
}

// next returns the slot for the next sighting, which counts only after keep.
func (b *batches) next() *join.Sighting { return &b.filling[:len(b.filling)+1][len(b.filling)] }

// keep keeps the sighting that next returned, and sends the list if it is full. It
// returns false if the context has ended.
func (b *batches) keep(ctx context.Context) bool {
	if b.filling = b.filling[:len(b.filling)+1]; len(b.filling) < b.size {
		return true
	}
	if !b.flush(ctx) {
		return false
	}
	select {
	case list := <-b.empty:
		b.filling = list[:0]
	default:
		b.filling = make([]join.Sighting, 0, b.size)
	}
	return true
}

// flush sends the list that is being filled. Nothing may be kept afterwards.
func (b *batches) flush(ctx context.Context) bool {
	if len(b.filling) == 0 {
		return true
	}
	select {
	case b.full <- b.filling:
		return true
	case <-ctx.Done():
		return false
	}
}

// ahead receives some sightings in advance, without handing them out.
func (b *batches) ahead(sightings int) {
	for n := 0; n < sightings; {
		list, more := <-b.full
		if !more {
			return
		}
		n += len(list)
		b.held = append(b.held, list)
	}
}

// take hands out the next sighting, or nil at the end. It is valid until the next call.
func (b *batches) take() *join.Sighting {
	if b.at == len(b.current) {
		if b.current != nil {
			select {
			case b.empty <- b.current:
			default:
			}
		}
		b.at, b.current = 0, nil
		if len(b.held) > 0 {
			b.current, b.held = b.held[0], b.held[1:]
		} else if b.current = <-b.full; b.current == nil {
			return nil
		}
	}
	s := &b.current[b.at]
	b.at++
	return s
}
