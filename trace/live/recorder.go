package live

import (
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/google/gopacket"

	"tracer/sim"
	"tracer/trace"
	"tracer/trace/capture"
	"tracer/trace/conntrack"
	"tracer/trace/correlate"
	"tracer/trace/nftrace"
)

// recorder owns the readers of all nodes, keeps what they read, and has the
// correlator follow the packets when they have been stopped. The readers can be
// opened anew, by resume and prepare; the correlator is one and the same, and so
// numbers go on.
type recorder struct {
	ignoreConntrack bool

	steady *steady

	startClock func() error // once; returns when frames are stamped
	clock      *capture.Clock

	mu         sync.Mutex // guards all below
	probes     []*nftrace.Probe
	sources    []source
	rules      []*nftrace.Reader
	tracking   []*conntrack.Reader
	evidence   []evidence // in the order in which it was read, not looked at yet
	frames     []trace.Frame
	correlator *correlate.Correlator
	journeys   []trace.Journey
	ended      time.Time  // of the readers
	named      int        // frames whose interface has its name
	gaps       trace.Gaps // of readers that are closed
	followed   trace.Gaps // of these, those of recordings that were finished
	room       room
	taken      room // the part that finished recordings use
	stopped    bool

	netfilter, capturing sync.WaitGroup // the readers that run
	errs                 []error
}

// evidence is a frame, or something that netfilter said. While there is traffic it
// is only kept: following packets takes time, which the readers and the packets need
// more.
type evidence struct {
	frame int    // its number, or 0
	iface int    // the index of its interface
	said  func() // tells the correlator
}

type source struct {
	node string
	*capture.Source
}

// newRecorder begins at once to switch the kernel's timestamps on.
func newRecorder(o Options) *recorder {
	r := &recorder{ignoreConntrack: o.IgnoreConntrack, steady: newSteady(machineClocks())}
	r.startClock = sync.OnceValue(func() (err error) {
		r.clock, err = capture.StartClock()
		return err
	})
	go func() { _ = r.startClock() }() // prepare asks for the result
	return r
}

// prepare opens the readers of a node, on the node's thread, and starts them.
// Only nodes that forward have rules worth tracing.
func (r *recorder) prepare(n sim.Node) error {
	if err := r.startClock(); err != nil {
		return wrap(n.Name, err)
	}
	s, err := capture.Listen()
	if err != nil {
		return wrap(n.Name, err)
	}
	r.mu.Lock()
	r.sources = append(r.sources, source{n.Name, s})
	r.mu.Unlock()
	r.start(&r.capturing, func() error {
		return r.read(n.Name, s)
	})
	if !n.Role.Forwards() {
		return nil
	}
	probe, err := nftrace.Install(nftrace.DefaultLimits())
	if err != nil {
		return wrap(n.Name, err)
	}
	r.mu.Lock()
	r.probes = append(r.probes, probe)
	r.mu.Unlock()
	rules, err := nftrace.Listen()
	if err != nil {
		return wrap(n.Name, err)
	}
	tracking, err := conntrack.Listen()
	if err != nil {
		rules.Close()
		return wrap(n.Name, err)
	}
	r.mu.Lock()
	r.rules = append(r.rules, rules)
	r.tracking = append(r.tracking, tracking)
	r.mu.Unlock()
	r.start(&r.netfilter, func() error {
		return rules.Run(func(m nftrace.Message) {
			if r.ignoreConntrack {
				m.Conntrack = nil
			}
			read := r.steady.now()
			r.said(func() { r.correlator.Trace(n.Name, m, read) }, read, &r.gaps.Steps)
		})
	})
	r.start(&r.netfilter, func() error {
		return tracking.Run(func(e conntrack.Event) {
			read := r.steady.now()
			r.said(func() { r.correlator.Conntrack(n.Name, e, read) }, read, &r.gaps.Events)
		})
	})
	return nil
}

// start runs a reader in a goroutine that stop waits for.
func (r *recorder) start(kind *sync.WaitGroup, run func() error) {
	kind.Go(func() {
		if err := run(); err != nil {
			r.mu.Lock()
			r.errs = append(r.errs, err)
			r.mu.Unlock()
		}
	})
}

// read keeps the frames of a node until the source ends.
func (r *recorder) read(node string, frames gopacket.PacketDataSource) error {
	for {
		data, info, err := frames.ReadPacketData()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		r.frame(info.InterfaceIndex, trace.Frame{
			Node: node, Direction: capture.DirectionOf(info), Time: info.Timestamp, Length: info.Length, Data: data,
		})
	}
}

// frame keeps a frame of the interface with an index.
func (r *recorder) frame(index int, f trace.Frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f.Time = r.steady.stamp(f.Time)
	if !r.room.frame(len(f.Data), f.Time) {
		r.gaps.Unkept++
		return
	}
	f.Number = len(r.frames) + 1
	r.frames = append(r.frames, f)
	r.evidence = append(r.evidence, evidence{frame: f.Number, iface: index})
}

// said keeps what netfilter said at a time, or counts it as lost.
func (r *recorder) said(f func(), at time.Time, lost *uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.room.message(at) {
		*lost++
		return
	}
	r.evidence = append(r.evidence, evidence{said: f})
}

// begin tells the recorder what the network looks like.
func (r *recorder) begin(s correlate.Snapshot) {
	r.correlator = correlate.New(s, func(j trace.Journey) { r.journeys = append(r.journeys, j) })
}

// follow hands the evidence to the correlator, and names the interfaces of frames. The
// readers have been stopped.
func (r *recorder) follow(s *trace.State) {
	for i, e := range r.evidence {
		r.evidence[i] = evidence{} // release the memory
		if e.frame == 0 {
			e.said()
			continue
		}
		f := &r.frames[e.frame-1]
		f.Interface = s.InterfaceName(f.Node, e.iface)
		r.correlator.Frame(f, e.iface)
	}
	r.evidence, r.named = nil, len(r.frames)
	r.correlator.Flush(r.room.end(r.ended))
}

// stop ends the readers after they have handed over all that is queued. The rule
// trace ends before the capture, so that no packet is in it whose frames are not.
func (r *recorder) stop() error {
	if r.stopped {
		return errors.Join(r.errs...)
	}
	r.stopped = true
	r.mu.Lock()
	for i := range r.rules {
		r.rules[i].Stop()
		r.tracking[i].Stop()
	}
	r.mu.Unlock()
	r.netfilter.Wait()
	r.mu.Lock()
	for _, s := range r.sources {
		s.Stop()
	}
	r.mu.Unlock()
	r.capturing.Wait()
	r.ended = r.steady.now()
	for _, s := range r.sources {
		lost, _ := s.Lost() // an error leaves the count at what it was
		r.gaps.Lost += lost
	}
	for i := range r.rules {
		r.gaps.Steps += r.rules[i].Lost()
		r.gaps.Events += r.tracking[i].Lost()
	}
	return errors.Join(r.errs...)
}

// trace makes the record of what was seen so far, with what the network looks
// like now. The readers have been stopped.
func (r *recorder) trace(s correlate.Snapshot) *trace.Trace {
	r.correlator.Update(s)
	r.follow(s.State)
	r.followed, r.taken = r.gaps, r.room
	stats := r.correlator.Stats()
	t := &trace.Trace{
		State: *s.State, Flows: r.correlator.Flows(), Gaps: r.gaps,
		// So that what is recorded later does not come into this one.
		Journeys: slices.Clip(r.journeys), Frames: slices.Clip(r.frames),
	}
	t.Gaps.Stray, t.Gaps.Undecoded, t.Gaps.Ambiguous = stats.Stray, stats.Undecoded, stats.Ambiguous
	t.Gaps.Steps += uint64(stats.Orphans + stats.BadTraces + stats.Unassigned)
	return t
}

// resume makes the recorder ready for readers to be opened again.
func (r *recorder) resume() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs, r.stopped = nil, false
	r.correlator.Resume()
}

// handOver gives up the probes and the readers, which have been stopped, to be closed:
// open sockets would keep the namespaces alive.
func (r *recorder) handOver() (list []io.Closer) {
	for _, s := range r.sources {
		list = append(list, s)
	}
	for _, p := range r.probes {
		list = append(list, p)
	}
	for i := range r.rules {
		list = append(list, r.rules[i], r.tracking[i])
	}
	r.sources, r.probes, r.rules, r.tracking = nil, nil, nil, nil
	return list
}

// closeAll closes sockets at the same time. Closing a packet socket or a probe waits
// for an RCU grace period, some 20 ms, which they then share.
func closeAll(list []io.Closer) {
	var all sync.WaitGroup
	for _, c := range list {
		all.Go(func() { _ = c.Close() }) // there is nothing more to be done with it
	}
	all.Wait()
}

// abandon ends a recording that cannot be finished, and forgets what was recorded
// since the last that was.
func (r *recorder) abandon() {
	_ = r.stop() // why it is abandoned is said already
	closeAll(r.handOver())
	r.evidence, r.frames, r.gaps, r.room = nil, r.frames[:r.named], r.followed, r.taken
}

// close stops the readers, if they run still, and releases everything.
func (r *recorder) close() {
	_ = r.stop() // its errors were reported by whoever stopped it first
	list := r.handOver()
	if r.startClock() == nil {
		list = append(list, r.clock)
	}
	closeAll(list)
}
