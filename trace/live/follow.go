package live

import (
	"slices"
	"time"

	"tracer/trace"
	"tracer/trace/correlate"
)

// Packet is a packet that was followed to its end.
type Packet struct {
	Journey trace.Journey
	Flow    trace.Flow    // the journey's, as known by then
	Frames  []trace.Frame // one for each hop, in that order, and one for each further fragment
}

// follower hands evidence to the correlator, and passes on the results.
type follower struct {
	correlator *correlate.Correlator
	frames     int // number of frames so far
	results    results
}

// results receives what a follower makes of evidence.
type results interface {
	// frame takes a frame when it gets its number. used reports whether it will be a hop
	// of a journey.
	frame(f *trace.Frame, used bool)
	// message is called for each message.
	message(m *message)
	// journey takes a finished journey.
	journey(trace.Journey)
}

func newFollower(s correlate.Snapshot, to results) *follower {
	return &follower{correlator: correlate.New(s, to.journey), results: to}
}

func (f *follower) frame(e *frame) {
	f.frames++
	e.Number = f.frames
	f.results.frame(&e.Frame, f.correlator.Frame(&e.Frame, e.index))
}

func (f *follower) message(m *message) {
	m.told(f.correlator, m.idle, m.at)
	f.results.message(m)
}

// follow hands over evidence, and releases its memory.
func (f *follower) follow(list []evidence) {
	for i, e := range list {
		list[i] = nil
		e.tell(f)
	}
}

// batch is how much evidence is followed before packets are finished, if all is at hand.
const batch = 1 << 10

// followAll hands over the last evidence. Since all is at hand, it is known when the rest
// happened at the earliest, and packets from before can be finished.
func (f *follower) followAll(list []evidence) {
	rest := make([]time.Time, len(list)/batch+1) // by batch: when it and the later ones began
	for i, e := range slices.Backward(list) {
		b := i / batch
		if last := b+1 < len(rest) && rest[b].IsZero(); last {
			rest[b] = rest[b+1]
		}
		if t := e.after(); rest[b].IsZero() || t.Before(rest[b]) {
			rest[b] = t
		}
	}
	for b := range rest {
		f.correlator.Advance(rest[b])
		f.follow(list[b*batch : min(len(list), (b+1)*batch)])
	}
}

// kept holds results until the end.
type kept struct {
	frames   []trace.Frame
	journeys []trace.Journey
}

func (k *kept) frame(f *trace.Frame, _ bool) { k.frames = append(k.frames, *f) }
func (k *kept) message(*message)             {}
func (k *kept) journey(j trace.Journey)      { k.journeys = append(k.journeys, j) }

// addTo puts the results into a trace. Later recording does not change the trace.
func (k *kept) addTo(t *trace.Trace, c *correlate.Correlator) {
	t.Flows, t.Journeys, t.Frames = c.Flows(), slices.Clip(k.journeys), slices.Clip(k.frames)
}

// handed hands over the results for a packet once it has been followed. Until then, its
// frames take up room in the queue.
type handed struct {
	queue   *queue
	flow    func(id int) trace.Flow
	each    func(Packet)
	waiting map[int]*trace.Frame // waiting for their journeys, by number
}

func (h *handed) frame(f *trace.Frame, used bool) {
	if !used {
		h.queue.free((&frame{Frame: *f}).size())
		return
	}
	h.waiting[f.Number] = f
}

func (h *handed) message(m *message) { h.queue.free(m.size()) }

func (h *handed) journey(j trace.Journey) {
	p := Packet{Journey: j, Flow: h.flow(j.Flow)}
	for i := range j.Hops {
		for _, n := range j.Hops[i].Frames() {
			f := h.waiting[n]
			delete(h.waiting, n)
			h.queue.free((&frame{Frame: *f}).size())
			p.Frames = append(p.Frames, *f)
		}
	}
	h.each(p)
}
