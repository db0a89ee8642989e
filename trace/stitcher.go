package trace

import (
	"time"

	"tracer/trace/capture"
)

// Stitcher makes journeys of captures alone: sightings at points of which nothing
// is known but what was captured there. It is the [Correlator]'s sister, and joins
// sightings by the same [Key] with the same joiner. As there is no evidence from
// the kernel, all causes are deduced, and marked so.
//
// It is a stream. A walk is handed over when its packet was seen at every point,
// or could not be seen again; what is remembered is bounded.
//
// A Stitcher is not for use by several goroutines at once.
type Stitcher struct {
	points        []Point
	way           uncharted
	joiner        joiner
	conversations conversations
	emit          func(Walk)
	waiting       walks      // not seen at every point yet
	complete      walks      // seen at every point
	closed        walks      // not handed over yet
	recent        []*walk    // those with a sighting of the time now
	spans         []span     // by point
	order         precedence // of points, where times are equal
	now           time.Time
	arrivals      int
	sighting      sighting // the one being taken in
	crowded       int      // walks ended because they had too many sightings
	stats         StitchStats
}

// Point is a place where packets were captured.
type Point struct {
	Node      string // a machine, or the name of a capture
	Interface string // empty where the capture does not say
	Mixed     bool   // several interfaces, that the capture does not tell apart
}

// String returns "node/interface", or the node alone.
func (p Point) String() string { return Place(p.Node, p.Interface) }

// Place names an interface of a node: "host/docker0". Where captures do not say
// the interface, the node is all there is.
func Place(node, iface string) string {
	if iface == "" {
		return node
	}
	return node + "/" + iface
}

// StitchStats counts what a Stitcher did.
type StitchStats struct {
	Sightings int
	Walks     int
	Ambiguous int // walks with a sighting that could be another's
	Cut       int // walks that were ended early, because there were too many
	Limits    []Limit
	Compared  int // comparisons with sightings: a measure of the work
}

// NewStitcher returns a Stitcher. emit is called with every walk; what it is
// given is good until it returns.
func NewStitcher(emit func(Walk)) *Stitcher {
	s := &Stitcher{emit: emit, conversations: conversations{known: map[formKey]entrance{}}}
	s.joiner = joiner{way: &s.way, window: strideWindow, open: map[Key]*walk{}, bounded: true}
	return s
}

// Add adds a point. Points are numbered from 0, as they come.
func (s *Stitcher) Add(p Point) {
	s.points = append(s.points, p)
	s.spans = append(s.spans, span{})
	s.order.grow(len(s.points))
	s.way.mixed = append(s.way.mixed, p.Mixed)
}

// Points returns the points that were added.
func (s *Stitcher) Points() []Point { return s.points }

// Sighting is one packet at one point.
type Sighting struct {
	Point     int
	Direction capture.Direction // 0 where the capture does not say
	Time      time.Time
	Frame     int // a number by which the caller finds the frame again
	Packet    Packet
}

// Sight takes in a sighting. They come in order of time, nearly.
func (s *Stitcher) Sight(o *Sighting) {
	s.stats.Sightings++
	s.spans[o.Point].add(o.Time)
	switch {
	case o.Time.After(s.now):
		s.now = o.Time
		s.learn()
	case s.now.Sub(o.Time) > strideWindow: // the clock was set back
		s.Flush()
		s.now = o.Time
	}
	s.arrivals++
	s.sighting = sighting{
		point: o.Point, direction: o.Direction, time: o.Time, frame: o.Frame, order: s.arrivals, packet: o.Packet,
	}
	w, begun := s.joiner.add(&s.sighting)
	if begun {
		s.begin(w)
	} else if first := &w.sightings[0].packet; (o.Packet.Src != first.Src || o.Packet.Dst != first.Dst) && !w.quotes() {
		s.conversations.learn(w.of, &o.Packet, w.direction)
	}
	s.recent = append(s.recent, w)
	if w.in == &s.waiting && len(w.sightings) >= len(s.points) {
		s.waiting.remove(w)
		s.complete.push(w)
	}
	switch equal, alike := s.joiner.equal, s.joiner.alike; {
	case len(w.sightings) >= maxSightings:
		s.crowded++
		s.close(w)
	case begun && equal >= maxEqual, equal > 1 && alike >= maxCompared:
		s.stats.Cut++
		s.close(s.joiner.open[w.key])
	}
	for w := s.complete.oldest; w != nil && (s.now.Sub(w.last) > clockSlack || s.complete.count > maxOpen); w = s.complete.oldest {
		s.close(w)
	}
	for w := s.waiting.oldest; w != nil && s.now.Sub(w.last) > strideWindow+clockSlack; w = s.waiting.oldest {
		s.close(w)
	}
	for s.waiting.count > maxOpen {
		s.stats.Cut++
		s.close(s.waiting.oldest)
	}
	for w := s.closed.oldest; w != nil && (s.now.Sub(w.closed) > clockSlack || s.closed.count > maxOpen); w = s.closed.oldest {
		s.finish(w)
	}
	if s.joiner.room > maxRoom {
		s.makeRoom()
	}
	if len(s.recent) > maxOpen {
		s.learn()
	}
}

// makeRoom ends walks until there is room again: closed ones first, then complete ones,
// then those that still wait for sightings, each time the oldest.
func (s *Stitcher) makeRoom() {
	s.learn()
	s.joiner.forget()
	for s.joiner.room > maxRoom {
		switch {
		case s.closed.oldest != nil:
			s.finish(s.closed.oldest)
		case s.complete.oldest != nil:
			s.close(s.complete.oldest)
		default:
			s.stats.Cut++
			s.close(s.waiting.oldest)
		}
		s.joiner.forget()
	}
}

// learn learns from the newest sightings in which order points are passed, once
// no other can have their time.
func (s *Stitcher) learn() {
	for _, w := range s.recent {
		s.order.learn(w, len(w.sightings)-1)
	}
	s.recent = s.recent[:0]
}

// Flush hands over all walks that are left.
func (s *Stitcher) Flush() {
	s.learn()
	for _, list := range []*walks{&s.complete, &s.waiting} {
		for list.oldest != nil {
			s.close(list.oldest)
		}
	}
	for s.closed.oldest != nil {
		s.finish(s.closed.oldest)
	}
}

// Stats returns the counts so far.
func (s *Stitcher) Stats() StitchStats {
	out := s.stats
	out.Compared = s.joiner.compared + s.way.passed
	for _, l := range []Limit{
		{LimitSightings, maxSightings, s.crowded + s.way.behind},
		{LimitRivals, maxRivals, s.joiner.unnamed},
		{LimitForms, maxForms, s.conversations.formless},
		{LimitGaps, maxGaps, s.conversations.holes},
		{LimitOrdered, mostOrdered, len(s.points) - mostOrdered},
	} {
		if l.Beyond > 0 {
			out.Limits = append(out.Limits, l)
		}
	}
	return out
}

func (s *Stitcher) begin(w *walk) {
	s.waiting.push(w)
	p := &w.sightings[0].packet
	w.of, w.direction = s.conversations.of(p, w.id)
	w.repeated = w.of.repeats(p, w.direction, &s.conversations.holes)
}

// close ends a walk: nothing more is put to it. It stays a little, until what came
// soon after it has told in which order points are passed.
func (s *Stitcher) close(w *walk) {
	s.joiner.doubt(w)
	s.joiner.close(w)
	w.in.remove(w)
	w.closed = s.now
	s.closed.push(w)
}

// finish hands a closed walk over and forgets it.
func (s *Stitcher) finish(w *walk) {
	s.order.settle(w)
	if !w.quotes() {
		w.of.arrange(w.sightings, w.direction)
	}
	s.stats.Walks++
	whole := Walk{s, w}
	if whole.Ambiguous() {
		s.stats.Ambiguous++
	}
	s.emit(whole)
	w.in.remove(w)
	s.joiner.recycle(w)
}

// Quiet reports whether nothing at all was captured at a point since a time, or
// before another: its capture had ended, or not begun.
func (s *Stitcher) Quiet(point int, from, to time.Time) bool {
	return s.spans[point].last.Before(from) || s.spans[point].first.After(to)
}

// span is when a point was captured at.
type span struct{ first, last time.Time }

func (s *span) add(t time.Time) {
	if s.first.IsZero() || t.Before(s.first) {
		s.first = t
	}
	if t.After(s.last) {
		s.last = t
	}
}

// walks is a list of walks, by when they were put there.
type walks struct {
	oldest, newest *walk
	count          int
}

func (l *walks) push(w *walk) {
	w.in, w.older = l, l.newest
	if l.newest != nil {
		l.newest.younger = w
	} else {
		l.oldest = w
	}
	l.newest = w
	l.count++
}

func (l *walks) remove(w *walk) {
	if w.older != nil {
		w.older.younger = w.younger
	} else {
		l.oldest = w.younger
	}
	if w.younger != nil {
		w.younger.older = w.older
	} else {
		l.newest = w.older
	}
	w.in, w.older, w.younger = nil, nil, nil
	l.count--
}
