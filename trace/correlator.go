package trace

import (
	"slices"
	"time"

	"tracer/sim"
	"tracer/trace/capture"
	"tracer/trace/conntrack"
	"tracer/trace/nftrace"
)

const (
	// lateness is by how much one reader may be behind another: on a busy machine,
	// those of two namespaces wait for their turn. Under heavy traffic, there is not
	// memory for so much, and it is reorderWindow.
	lateness = 3 * time.Second
	// reorderWindow is by how much sightings may arrive out of order.
	reorderWindow = 200 * time.Millisecond
	// journeyWindow is how long after its last sighting a packet may be seen
	// again. It bounds what the correlator remembers. A packet that waits for
	// an ARP answer is held back for up to three seconds (mcast_solicit, three
	// questions a second apart).
	journeyWindow = 5 * time.Second
	// arrivedWindow is the same for a packet that has been seen to arrive.
	arrivedWindow = time.Second
	// inFlight is how long a packet may be between two points of a lab. What
	// was last seen less than this before the capture ended was cut off by it.
	inFlight = 5 * time.Millisecond
)

// Correlator turns frames, rule traces and connection events into journeys. It
// is a stream: evidence goes in as it comes, in any order within a window, and
// journeys come out, in the order of their numbers, when no more evidence for
// them is to be expected. What it remembers is bounded by the window, not by
// the length of the input.
//
// A Correlator is not for use by several goroutines at once.
type Correlator struct {
	chart       *Chart
	before      []*sim.State // older than the chart's
	decoder     *Decoder
	emit        func(Journey)
	reorder     reorder
	joiner      joiner
	passes      *passes
	connections *connections
	flows       *flows
	walks       []*walk // in order of their numbers, those not emitted yet
	arrivals    int
	swept       time.Time // when passes without frames were last looked for
	released    time.Time // all sightings up to then have been joined
	ended       bool
	end         time.Time
	stats       Stats
}

// Stats counts what the correlator could not use.
type Stats struct {
	Frames    int // frames taken in
	Undecoded int // frames without an Ethernet header
	Stray     int // frames of interfaces that are not on the chart
	Orphans   int // rule trace messages without a beginning
	BadTraces int // rule trace messages whose headers could not be read
	Ambiguous int // journeys with a sighting that could be another's
	Unclaimed int // ways through netfilter that no frame belongs to
}

// NewCorrelator returns a correlator for a network. emit is called with every
// journey.
func NewCorrelator(state *sim.State, emit func(Journey)) *Correlator {
	c := &Correlator{
		chart: NewChart(state), decoder: NewDecoder(), emit: emit,
		reorder: reorder{}, connections: newConnections(),
	}
	c.flows = newFlows(c.connections)
	c.passes = newPasses(c.ruleText)
	c.joiner = joiner{way: &charted{c.chart, c.connections}, window: journeyWindow, open: map[Key]*walk{}}
	return c
}

// Update gives the correlator newer knowledge of the same network: neighbours
// that were resolved since, rules that are there now. Rules that are not any more
// are remembered, for packets that met them.
func (c *Correlator) Update(state *sim.State) {
	c.before = append(c.before, c.chart.State)
	c.chart.State = state
}

// Frame takes in a captured frame and its number.
func (c *Correlator) Frame(node string, number int, f capture.Frame) {
	c.stats.Frames++
	point := c.chart.point(node, f.Interface, f.Direction)
	if point < 0 {
		c.stats.Stray++
		return
	}
	p, err := c.decoder.Frame(f.Data)
	if err != nil {
		c.stats.Undecoded++
		return
	}
	c.arrivals++
	c.reorder.push(sighting{point: point, time: f.Time, frame: number, order: c.arrivals, packet: p}, c.sighted)
}

// Trace takes in a message of a node's rule trace, and when it was read.
func (c *Correlator) Trace(node string, m nftrace.Message, read time.Time) {
	if err := c.passes.add(node, m, read); err != nil {
		c.stats.BadTraces++
	}
}

// Conntrack takes in an event of a node's connection tracking, and when it was read.
func (c *Correlator) Conntrack(node string, e conntrack.Event, read time.Time) {
	c.connections.learn(node, e, read)
}

// sighted takes a sighting whose time has come.
func (c *Correlator) sighted(s sighting) {
	if s.time.After(c.released) {
		c.released = s.time
	}
	if w, begun := c.joiner.add(&s); begun {
		c.walks = append(c.walks, w)
	}
	for len(c.walks) > 0 {
		w := c.walks[0]
		age := s.time.Sub(w.last)
		if age <= arrivedWindow || age <= journeyWindow && !c.done(w) {
			break
		}
		c.finish()
	}
	if s.time.Sub(c.swept) > journeyWindow {
		c.unclaimed(s.time.Add(-2 * journeyWindow))
		c.swept = s.time
	}
}

// finish emits the oldest walk.
func (c *Correlator) finish() {
	w := c.walks[0]
	c.walks[0] = nil
	c.walks = c.walks[1:]
	c.claim(w)
	c.joiner.doubt(w)
	c.joiner.close(w)
	j := c.assemble(w)
	for _, h := range j.Hops {
		if len(h.Ambiguous) > 0 {
			c.stats.Ambiguous++
			break
		}
	}
	c.emit(j)
}

// claim takes the passes that belong to a walk: for each stay in a node, the
// oldest one left that fits.
func (c *Correlator) claim(w *walk) {
	for i := range w.sightings {
		if i > 0 && !c.chart.leaves(w.sightings[i-1].point, w.sightings[i].point) {
			continue
		}
		node := c.chart.points[w.sightings[i].point].node
		list := c.passes.group(passKey{node, w.key}, c.released, c.continues)
		n := slices.IndexFunc(list, func(p *pass) bool { return c.belongs(w, i, p) })
		if n < 0 {
			continue
		}
		p := list[n]
		if c.contested(w, node, p, list) {
			p.rivals = true
			for o := c.joiner.open[w.key]; o != nil; o = o.next {
				o.doubtful = o.doubtful || simultaneous(w, o)
			}
		}
		c.passes.remove(passKey{node, w.key}, p)
		p.stay = i
		w.passes = append(w.passes, p)
	}
}

// contested reports whether a walk's pass may be that of an equal packet: one
// that went through the node as well, while there is not a whole pass for each.
func (c *Correlator) contested(w *walk, node string, p *pass, list []*pass) bool {
	walks, whole := 1, 0
	for o := c.joiner.open[w.key]; o != nil; o = o.next {
		if o == w {
			continue
		}
		if i := slices.IndexFunc(o.sightings, func(s sighting) bool { return c.chart.points[s.point].node == node }); i >= 0 && c.belongs(o, i, p) {
			walks++
		}
	}
	for _, o := range list {
		if o.whole() && o.traversals[0].packet.ends() == p.traversals[0].packet.ends() {
			whole++
		}
	}
	return walks > 1 && whole < walks
}

// belongs reports whether a pass can be the walk's through the node of its
// sighting i: the pass begins with the headers of the frame that came in, or
// ends with those of the frame that went out.
func (c *Correlator) belongs(w *walk, i int, p *pass) bool {
	for begin := i; i < len(w.sightings) && (i == begin || !c.chart.leaves(w.sightings[i-1].point, w.sightings[i].point)); i++ {
		s := &w.sightings[i]
		t := p.traversals[0]
		if c.chart.points[s.point].direction == directionIn && p.end().read.Before(s.time) {
			return false // it was read before the packet came
		}
		if c.chart.points[s.point].direction == directionOut {
			t = p.end()
		}
		if t.packet.ends() == s.packet.ends() && t.packet.TTL == s.packet.TTL {
			return true
		}
	}
	return false
}

// Flush emits everything that is left: no more evidence will come, unless after
// [Correlator.Resume]. end is when the capture ended.
func (c *Correlator) Flush(end time.Time) {
	c.ended, c.end = true, end
	c.reorder.flush(c.sighted)
	c.released = time.Unix(1<<40, 0)
	for len(c.walks) > 0 {
		c.finish()
	}
	c.unclaimed(time.Unix(1<<40, 0))
	for len(c.walks) > 0 {
		c.finish()
	}
}

// Resume lets evidence come again after [Correlator.Flush], of a new capture of
// the same network. Numbers go on, and connections are remembered.
func (c *Correlator) Resume() {
	c.ended, c.end = false, time.Time{}
	c.released, c.swept = time.Time{}, time.Time{}
	clear(c.passes.current)
}

// unclaimed makes journeys of the packets that netfilter saw, up to a time, and
// that were on no interface: it dropped them before, or the interface had no
// carrier. A pass that is not whole is not one of them, but what is left of a
// packet whose evidence was lost in part.
func (c *Correlator) unclaimed(before time.Time) {
	for _, p := range c.passes.rest(before, c.continues) {
		if !p.whole() {
			c.stats.Unclaimed++
			continue
		}
		id := c.joiner.number(&p.traversals[0].packet)
		c.walks = append(c.walks, &walk{id: id, key: p.key, passes: []*pass{p}, last: p.end().read})
	}
}

// Flows returns the flows seen so far, in order of their numbers.
func (c *Correlator) Flows() []Flow { return c.flows.list() }

// Stats returns the counts so far.
func (c *Correlator) Stats() Stats {
	s := c.stats
	s.Orphans = c.passes.Orphans
	return s
}

// ruleText returns a rule as iptables -S shows it, or nothing for a rule of a
// table that is not iptables'.
func (c *Correlator) ruleText(node, table, chain string, handle uint64) string {
	if r := c.rule(node, table, chain, handle); r != nil {
		return r.String()
	}
	return ""
}
