package correlate

import (
	"slices"
	"time"

	"tracer/trace"
	"tracer/trace/conntrack"
	"tracer/trace/join"
	"tracer/trace/nftrace"
	"tracer/trace/packet"
)

const (
	// journeyWindow is how long after its last sighting a packet may be seen again. It
	// bounds what the correlator remembers. A packet waiting for an ARP reply is held
	// back for up to three seconds (mcast_solicit, three requests a second apart).
	journeyWindow = 5 * time.Second
	// arrivedWindow is the same for a packet that was seen to arrive.
	arrivedWindow = time.Second
)

// forever is later than every time stamp.
var forever = time.Unix(1<<40, 0)

// Correlator turns frames, rule traces and conntrack events into journeys. It works on a
// stream: evidence may arrive in any order, and journeys are emitted in the order of their
// numbers, once [Correlator.Advance] says that there is no more evidence of them. Apart from
// flows, its memory is bounded by how far Advance is behind the input, not by the length of
// the input.
//
// A Correlator is not safe for concurrent use.
type Correlator struct {
	network    *network
	decoder    *packet.Decoder
	emit       func(trace.Journey)
	reorder    reorder
	fragments  *fragments
	bridged    bridgeFrames
	divisions  *divisions
	joiner     *join.Joiner[passage]
	traversals *traversals
	flows      *flows
	tracks     []*track // in order of their numbers, not yet emitted
	arrivals   int
	swept      time.Time // when traversals without frames were last looked for
	released   time.Time // all sightings up to then have been joined
	ended      bool
	end        time.Time
	stats      Stats
}

// Stats counts what the correlator could not use.
type Stats struct {
	Frames     int // frames taken in
	Undecoded  int // frames without an Ethernet header
	Stray      int // frames of interfaces that are not in the network's state
	Orphans    int // rule trace messages without a beginning
	BadTraces  int // rule trace messages whose headers could not be read
	Ambiguous  int // journeys with a sighting that could be another's
	Unassigned int // incomplete traversals without frames
}

// New returns a correlator for a network. emit is called with each journey.
func New(s Snapshot, emit func(trace.Journey)) *Correlator {
	n := newNetwork(s)
	traversals := newTraversals(n)
	return &Correlator{
		network: n, decoder: packet.NewDecoder(), emit: emit, reorder: reorder{equal: map[pointKey]int{}}, fragments: newFragments(), bridged: bridgeFrames{}, divisions: newDivisions(),
		joiner:     join.New[passage](&topology{n.graph, n.entries, n.marks, &n.history, traversals}, journeyWindow, nil),
		traversals: traversals, flows: newFlows(n),
	}
}

// Update gives the correlator a newer snapshot of the network. Rules, interfaces and
// nodes that have disappeared are remembered for the packets that met them.
func (c *Correlator) Update(s Snapshot) { c.network.update(s) }

// Frame adds a captured frame, and sets the name of its interface from index. It reports
// whether the frame will be part of a journey.
func (c *Correlator) Frame(f *trace.Frame, index int) bool {
	c.stats.Frames++
	point := c.network.graph.point(f.Node, index, f.Direction)
	if point < 0 {
		c.stats.Stray++
		return false
	}
	f.Interface = c.network.graph.points[point].place.iface
	p, err := c.decoder.Frame(f.Data)
	if err != nil {
		c.stats.Undecoded++
		return false
	}
	c.network.entries.seen(f.Node, &p.Headers, f.Time)
	c.bridged.add(f, &c.network.graph.points[point], &p)
	c.arrivals++
	s := join.Sighting{Point: point, Time: f.Time, Frame: f.Number, Order: c.arrivals, Packet: p}
	if c.network.Marked[f.Node] {
		if nftrace.Numbered(f.Mark) {
			s.Mark = f.Mark
		}
	}
	if p.IsFragment() {
		whole, complete, given := c.fragments.add(s, f.Data)
		for _, s := range given {
			c.hold(s)
		}
		if !complete {
			return true
		}
		s = whole
	}
	c.hold(s)
	return true
}

// hold keeps a sighting until it is due.
func (c *Correlator) hold(s join.Sighting) {
	if c.network.Marked[c.network.node(&s).Name] {
		c.network.marks.hold(&s)
	}
	c.reorder.add(s)
}

// giveUp processes the fragments of incomplete datagrams as they are.
func (c *Correlator) giveUp(before time.Time) {
	for _, s := range c.fragments.incomplete(before) {
		c.hold(s)
	}
}

// Trace adds a message of a node's rule trace. The kernel does not say when it happened:
// after idle, when the reader last found nothing to read, and before read.
func (c *Correlator) Trace(node string, m nftrace.Message, idle, read time.Time) {
	if c.network.graph.nodes[node] == nil {
		c.stats.Orphans++ // the node was gone before the network's state was read
		return
	}
	if err := c.traversals.add(node, &m, idle, read); err != nil {
		c.stats.BadTraces++
	}
}

// Conntrack adds an event of a node's connection tracking, which happened between two times:
// see [Correlator.Trace].
func (c *Correlator) Conntrack(node string, e conntrack.Event, idle, read time.Time) {
	c.network.entries.learn(node, e, idle, read)
}

// Lost tells the correlator that frames or messages of a node were lost. From then on it no
// longer assumes that it has seen all of them.
func (c *Correlator) Lost(node string) { c.network.marks.lossy[node] = true }

// Sampled tells the correlator that not all packets of a node were traced.
func (c *Correlator) Sampled(node string) { c.network.sampled[node] = true }

// Advance tells the correlator that it has all evidence of what happened up to a time, by
// the clock of the frames. It can then finish journeys. It never concludes that from the
// evidence itself: on a busy machine, one reader can be any time behind another.
func (c *Correlator) Advance(now time.Time) {
	c.giveUp(now.Add(-lateness))
	c.reorder.advance(now, c.sighted)
	c.expire(now.Add(-c.reorder.window()))
}

// sighted handles a sighting whose time has come.
func (c *Correlator) sighted(s join.Sighting) {
	marks := c.network.marks
	if c.network.Marked[c.network.node(&s).Name] {
		marks.release(&s)
	}
	switch t := marks.owner(&s); {
	case t == nil:
		t, begun := c.add(&s)
		c.unmarked(t, &s, begun)
		marks.own(t, &s)
	case !c.divide(t, &s):
		c.joiner.Continue(t, &s)
		marks.own(t, &s)
	}
	c.expire(s.Time)
}

// add adds a sighting to the track that it continues, or to a new one.
func (c *Correlator) add(s *join.Sighting) (t *track, begun bool) {
	if t, begun = c.joiner.Add(s); begun {
		c.tracks = append(c.tracks, t)
	}
	return t, begun
}

// expire finishes the tracks that have ended. All sightings before now have been joined.
func (c *Correlator) expire(now time.Time) {
	if now.After(c.released) {
		c.released = now
	}
	for len(c.tracks) > 0 {
		t := c.tracks[0]
		age := now.Sub(t.Last)
		if age <= arrivedWindow || age <= journeyWindow && !c.network.done(t) {
			break
		}
		c.finish()
	}
	if now.Sub(c.swept) > journeyWindow {
		c.unassigned(now.Add(-2 * journeyWindow))
		c.divisions.forget(now.Add(-4 * journeyWindow))
		c.network.entries.forget(now.Add(-4 * journeyWindow))
		c.swept = now
	}
}

// finish emits the oldest track.
func (c *Correlator) finish() {
	t := c.tracks[0]
	c.tracks[0] = nil
	c.tracks = c.tracks[1:]
	c.assign(t)
	c.joiner.MarkAmbiguous(t, dropped(t))
	c.joiner.Close(t)
	c.network.marks.disown(t)
	c.bridged.restore(c.network, t)
	c.divisions.close(c.network, t)
	if t.Ambiguous() {
		c.stats.Ambiguous++
	}
	c.emit(c.assemble(t))
}

// assign assigns traversals to the track that they belong to: for each stay in a node,
// the oldest that fits.
func (c *Correlator) assign(t *track) {
	n := c.network
	for i := range t.Sightings {
		if i > 0 && !n.graph.leaves(t.Sightings[i-1].Point, t.Sightings[i].Point) {
			continue
		}
		datagram := c.assignFragments(t, i)
		list := c.candidates(t, i)
		mark := n.stayMark(t, i)
		k := slices.IndexFunc(list, func(v *traversal) bool {
			if mark != 0 {
				return v.mark() == mark
			}
			return n.belongs(t, i, v)
		})
		if k < 0 {
			if datagram != nil {
				t.Client.traversals = append(t.Client.traversals, datagram)
			}
			continue
		}
		v := list[k]
		if v.mark() == 0 && c.contested(t, i, v, list) {
			v.rivals = true
			for o := range c.joiner.Open(t.Key) {
				o.Doubtful = o.Doubtful || t.Concurrent(o)
			}
		}
		c.traversals.remove(v)
		if datagram != nil { // the node reassembled it after its first chains
			v.evaluations = append(datagram.evaluations, v.evaluations...)
		}
		v.stay = i
		t.Client.traversals = append(t.Client.traversals, v)
	}
}

// stayMark returns the mark of a track's stay in a node, from its sighting i on, or 0.
func (n *network) stayMark(t *track, i int) uint32 {
	for begin := i; i < len(t.Sightings) && (i == begin || !n.graph.leaves(t.Sightings[i-1].Point, t.Sightings[i].Point)); i++ {
		if mark := t.Sightings[i].Mark; mark != 0 {
			return mark
		}
	}
	return 0
}

// contested reports whether a track's traversal from its sighting i on may belong to an equal
// packet that also passed the node, because there is not a whole traversal for each.
func (c *Correlator) contested(t *track, i int, v *traversal, list []*traversal) bool {
	n := c.network
	node := n.node(&t.Sightings[i])
	tracks, whole := 1, 0
	if v.last().read.After(c.released) { // otherwise it was read before the frames came that are still held back
		tracks += c.reorder.equal[pointKey{t.Sightings[i].Point, t.Key}]
	}
	for o := range c.joiner.Open(t.Key) {
		if o == t {
			continue
		}
		at := slices.IndexFunc(o.Sightings, func(s join.Sighting) bool { return n.node(&s) == node })
		if at >= 0 && n.belongs(o, at, v) {
			tracks++
		}
	}
	for _, o := range list {
		if o.whole() && o.evaluations[0].packet.Ends() == v.evaluations[0].packet.Ends() {
			whole++
		}
	}
	return tracks > 1 && whole < tracks
}

// belongs reports whether a traversal can be the track's through the node of its sighting
// i: it begins with the headers of the frame that came in, or ends with those of the frame
// that went out.
func (n *network) belongs(t *track, i int, v *traversal) bool {
	if v.mark() != 0 && n.marks.owners[nodeMark{v.node, v.mark()}] != nil {
		return false // it is known to be another packet's
	}
	for begin := i; i < len(t.Sightings) && (i == begin || !n.graph.leaves(t.Sightings[i-1].Point, t.Sightings[i].Point)); i++ {
		s := &t.Sightings[i]
		e := v.evaluations[0]
		switch n.graph.points[s.Point].direction {
		case trace.In:
			if v.last().read.Before(s.Time) {
				return false // it was read before the packet came
			}
		case trace.Out:
			e = v.last()
		}
		if e.packet.Ends() == s.Packet.Ends() && (e.packet.TTL == s.Packet.TTL || n.reassembledBefore(e, s)) {
			return true
		}
	}
	return false
}

// reassembledBefore reports whether a node reassembled a datagram between its sighting and a
// chain at input, after rules at prerouting may have set the TTL of its fragments.
func (n *network) reassembledBefore(e *evaluation, s *join.Sighting) bool {
	return len(s.Fragments) > 0 && e.place.Hook == trace.Input && n.setTTL[n.node(s).Name]
}

// Flush emits everything that is left. No more evidence may follow, except after
// [Correlator.Resume]. end is when the recording ended.
func (c *Correlator) Flush(end time.Time) {
	c.ended, c.end = true, end
	c.giveUp(forever)
	c.reorder.flush(c.sighted)
	c.released = forever
	for len(c.tracks) > 0 {
		c.finish()
	}
	c.unassigned(forever)
	for len(c.tracks) > 0 {
		c.finish()
	}
}

// Resume prepares for evidence of another recording of the network, after
// [Correlator.Flush]. Numbers continue, and connections are remembered.
func (c *Correlator) Resume() {
	c.ended, c.end = false, time.Time{}
	c.released, c.swept, c.reorder.newest = time.Time{}, time.Time{}, time.Time{}
	c.traversals.forget()
}

// unassigned makes tracks of packets that passed netfilter before a given time, and no
// interface: they were dropped, or the interface had no carrier. An incomplete traversal
// is not one of them: some evidence of its packet was lost.
func (c *Correlator) unassigned(before time.Time) {
	for _, v := range c.traversals.rest(before) {
		if !v.whole() {
			c.stats.Unassigned++
			continue
		}
		c.tracks = append(c.tracks, &track{
			ID: c.joiner.Number(&v.evaluations[0].packet.Headers), Key: v.key, Last: v.last().read,
			Client: passage{traversals: []*traversal{v}},
		})
	}
}

// Flows returns the flows seen so far, in order of their numbers.
func (c *Correlator) Flows() []trace.Flow { return c.flows.list() }

// Flow returns what is known so far of the flow with the given number, or zero if it was
// forgotten.
func (c *Correlator) Flow(id int) trace.Flow { return c.flows.describe(id) }

// ForgetFlows forgets flows if there are more than limit: at least half of that,
// beginning with those whose packets were finished the longest ago. A packet that
// conntrack knows brings its forgotten flow back; any other begins a new one.
func (c *Correlator) ForgetFlows(limit int) { c.flows.forget(limit) }

// Stats returns the counts so far.
func (c *Correlator) Stats() Stats {
	s := c.stats
	s.Orphans += c.traversals.orphans
	return s
}
