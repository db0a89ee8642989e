package stitch

import (
	"time"

	"github.com/google/gopacket/layers"

	"tracer/trace"
	"tracer/trace/join"
)

// Stitcher joins the sightings of captures alone: about its points, only what was
// captured there is known. Without evidence from the kernel, all causes are inferred, and
// marked as such.
//
// It works on a stream. A track is handed over once its packet was seen at every point,
// or cannot be seen again. Memory is bounded.
//
// A Stitcher is not safe for concurrent use.
type Stitcher struct {
	points        []trace.Point
	topology      topology
	joiner        *join.Joiner[membership]
	conversations *conversations
	emit          func(*Track)
	waiting       trackList   // not yet seen at every point
	complete      trackList   // seen at every point
	closed        trackList   // not yet handed over
	recent        []*track    // those with a sighting at the current time
	spans         []join.Span // by point
	order         precedence  // of points, where times are equal
	lineage       lineage     // of the track being handed over
	now           time.Time
	arrivals      int
	sighting      join.Sighting // the one being taken in
	handed        Track         // the one being handed over
	crowded       int           // tracks ended because they had too many sightings
	stats         Stats
}

// Stats counts what a Stitcher did.
type Stats struct {
	Sightings int
	Tracks    int
	Ambiguous int // tracks with a sighting that could be another's
	Cut       int // tracks ended early because there were too many
	Limits    []trace.Limit
	Compared  int // comparisons with sightings: a measure of the work
}

// NewStitcher returns a Stitcher. emit is called with every track, which is valid until it
// returns.
func NewStitcher(emit func(*Track)) *Stitcher {
	s := &Stitcher{emit: emit, conversations: newConversations()}
	s.topology.conversations = s.conversations
	s.joiner = join.New[membership](&s.topology, routedWindow, &joinLimits)
	return s
}

// Add adds a point. Points are numbered from 0, in the order in which they are added.
func (s *Stitcher) Add(p trace.Point) {
	s.points = append(s.points, p)
	s.spans = append(s.spans, join.Span{})
	s.order.grow(len(s.points))
	s.topology.mixed = append(s.topology.mixed, p.Mixed)
	s.topology.loops = append(s.topology.loops, p.Interface == loopback)
}

// Points returns the points added so far.
func (s *Stitcher) Points() []trace.Point { return s.points }

// Sight adds a sighting; its order and rivals are ignored. Sightings must come nearly in
// order of time.
func (s *Stitcher) Sight(o *join.Sighting) {
	s.stats.Sightings++
	s.spans[o.Point].Add(o.Time)
	switch {
	case o.Time.After(s.now):
		s.now = o.Time
		s.learn()
	case s.now.Sub(o.Time) > routedWindow: // the clock was set back
		s.Flush()
		s.now = o.Time
	}
	s.arrivals++
	s.sighting = *o
	s.sighting.Order, s.sighting.Rivals = s.arrivals, nil
	t, begun := s.joiner.Add(&s.sighting)
	if begun {
		s.begin(t)
	} else if first := &t.Sightings[0].Packet; (o.Packet.Src != first.Src || o.Packet.Dst != first.Dst) && !quotes(t) {
		s.conversations.learn(t.Client.of, &o.Packet.Headers, t.Client.direction)
	}
	s.follow(t, o)
	s.recent = append(s.recent, t)
	if t.Client.in == &s.waiting && len(t.Sightings) >= len(s.points) {
		s.waiting.remove(t)
		s.complete.push(t)
	}
	s.bound(t, begun)
	s.expire()
}

// bound ends tracks that would cost too much to continue.
func (s *Stitcher) bound(t *track, begun bool) {
	work := s.joiner.Work()
	switch {
	case len(t.Sightings) >= maxSightings:
		s.crowded++
		s.close(t)
	case begun && work.Equal >= maxEqual, work.Equal > 1 && work.Alike >= maxCompared:
		s.stats.Cut++
		s.close(s.joiner.Oldest(t.Key))
	}
}

// expire closes the tracks whose time is over, and hands over those whose order is
// settled.
func (s *Stitcher) expire() {
	for t := s.complete.oldest; t != nil && (s.now.Sub(t.Last) > clockSlack || s.complete.count > maxOpen); t = s.complete.oldest {
		s.close(t)
	}
	for t := s.waiting.oldest; t != nil && s.now.Sub(t.Last) > routedWindow+clockSlack; t = s.waiting.oldest {
		s.close(t)
	}
	for s.waiting.count > maxOpen {
		s.stats.Cut++
		s.close(s.waiting.oldest)
	}
	for t := s.closed.oldest; t != nil && (s.now.Sub(t.Client.closed) > clockSlack || s.closed.count > maxOpen); t = s.closed.oldest {
		s.finish(t)
	}
	if s.joiner.Room() > maxRoom {
		s.makeRoom()
	}
	if len(s.recent) > maxOpen {
		s.learn()
	}
}

// makeRoom ends tracks until there is room again: first closed tracks, then complete
// ones, then those still waiting for sightings, the oldest of each first.
func (s *Stitcher) makeRoom() {
	s.learn()
	s.joiner.Release()
	for s.joiner.Room() > maxRoom {
		switch {
		case s.closed.oldest != nil:
			s.finish(s.closed.oldest)
		case s.complete.oldest != nil:
			s.close(s.complete.oldest)
		default:
			s.stats.Cut++
			s.close(s.waiting.oldest)
		}
		s.joiner.Release()
	}
}

// learn learns the order of points from the newest sightings, once no other sighting can
// have the same time.
func (s *Stitcher) learn() {
	for _, t := range s.recent {
		s.order.learn(t, len(t.Sightings)-1)
	}
	s.recent = s.recent[:0]
}

// Flush hands over all remaining tracks.
func (s *Stitcher) Flush() {
	s.learn()
	for _, list := range []*trackList{&s.complete, &s.waiting} {
		for list.oldest != nil {
			s.close(list.oldest)
		}
	}
	for s.closed.oldest != nil {
		s.finish(s.closed.oldest)
	}
}

// Stats returns the counts so far.
func (s *Stitcher) Stats() Stats {
	out := s.stats
	work := s.joiner.Work()
	out.Compared = work.Compared + s.topology.compared
	for _, l := range []trace.Limit{
		{Kind: trace.LimitSightings, Most: maxSightings, Beyond: s.crowded + s.topology.behind},
		{Kind: trace.LimitRivals, Most: maxRivals, Beyond: work.Unnamed},
		{Kind: trace.LimitForms, Most: maxForms, Beyond: s.conversations.formless},
		{Kind: trace.LimitGaps, Most: maxGaps, Beyond: s.conversations.holes},
		{Kind: trace.LimitOrdered, Most: maxOrdered, Beyond: len(s.points) - maxOrdered},
	} {
		if l.Beyond > 0 {
			out.Limits = append(out.Limits, l)
		}
	}
	return out
}

func (s *Stitcher) begin(t *track) {
	s.waiting.push(t)
	p := &t.Sightings[0].Packet.Headers
	c := &t.Client
	c.of, c.direction = s.conversations.of(p, t.Sightings[0].Point, t.ID)
	c.segment = s.divide(t)
	c.of.Sent(c.direction, t.ID, p, t.Sightings[0].Point, t.Sightings[0].Time)
	if s.joiner.Work().Equal > 0 {
		for o := range s.joiner.Open(t.Key) {
			if o != t && sameBody(&o.Sightings[0], &t.Sightings[0]) {
				o.Client.alike, c.alike = true, true
			}
		}
	}
}

// follow follows a stream at the point of a new sighting. A packet that itself passes the point
// a second time is not a retransmission.
func (s *Stitcher) follow(t *track, o *join.Sighting) {
	if o.Packet.Protocol != layers.IPProtocolTCP || t.At(o.Point).Order != s.arrivals {
		return
	}
	c := &t.Client
	if c.of.streams[c.direction-1].repeats(&o.Packet.Headers, o.Point, &s.conversations.holes) && !c.segment {
		c.repeated = true
	}
}

// close ends a track: no more sightings are added. It is kept a little longer, until the
// packets soon after it have shown in which order points are passed.
func (s *Stitcher) close(t *track) {
	s.joiner.MarkAmbiguous(t, false)
	s.joiner.Close(t)
	t.Client.in.remove(t)
	t.Client.closed = s.now
	s.closed.push(t)
}

// finish hands a closed track over and forgets it.
func (s *Stitcher) finish(t *track) {
	s.order.settle(t)
	s.lineage.read(t.Sightings)
	if !quotes(t) {
		t.Client.of.arrange(t.Sightings[:s.lineage.path], t.Client.direction)
	}
	s.stats.Tracks++
	if t.Ambiguous() {
		s.stats.Ambiguous++
	}
	s.handed = Track{s, t}
	s.emit(&s.handed)
	t.Client.in.remove(t)
	t.Client.sent.remove(t)
	s.joiner.Recycle(t)
}

// Captured reports whether packets were captured at a point both before and after a time.
func (s *Stitcher) Captured(point int, from, to time.Time) bool {
	return !s.spans[point].First.After(from) && !s.spans[point].Last.Before(to)
}
