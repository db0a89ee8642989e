package live

import (
	"errors"
	"io"
	"sync"
	"time"

	"tracer/sim"
	"tracer/trace"
	"tracer/trace/capture"
	"tracer/trace/conntrack"
	"tracer/trace/nftrace"
)

// recorder owns the readers of all nodes and feeds the correlator.
type recorder struct {
	ignoreConntrack bool

	startClock func() error // once; returns when frames are stamped
	clock      *capture.Clock

	mu         sync.Mutex // guards all below
	sources    []source
	rules      []*nftrace.Reader
	tracking   []*conntrack.Reader
	correlator *trace.Correlator
	early      []func() // evidence from before there was a correlator
	journeys   []trace.Journey
	frames     []trace.Frame

	netfilter, capturing sync.WaitGroup // the readers that run
	closed               sync.Once
	errs                 []error
}

type source struct {
	node string
	*capture.Source
}

// newRecorder begins at once to switch the kernel's timestamps on.
func newRecorder(o Options) *recorder {
	r := &recorder{ignoreConntrack: o.IgnoreConntrack}
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
		return s.Run(func(f capture.Frame) { r.frame(n.Name, f) })
	})
	if !n.Role.Forwards() {
		return nil
	}
	if err := nftrace.Install(probe); err != nil {
		return wrap(n.Name, err)
	}
	rules, err := nftrace.Listen(nftrace.Config{IgnoreConntrack: r.ignoreConntrack})
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
			read := time.Now()
			r.feed(func() { r.correlator.Trace(n.Name, m, read) })
		})
	})
	r.start(&r.netfilter, func() error {
		return tracking.Run(func(e conntrack.Event) {
			read := time.Now()
			r.feed(func() { r.correlator.Conntrack(n.Name, e, read) })
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

func (r *recorder) frame(node string, f capture.Frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	number := len(r.frames) + 1
	r.frames = append(r.frames, trace.Frame{Number: number, Node: node, Frame: f})
	r.give(func() { r.correlator.Frame(node, number, f) })
}

// feed hands evidence to the correlator.
func (r *recorder) feed(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.give(f)
}

// give keeps evidence until the network is known; r.mu is held.
func (r *recorder) give(f func()) {
	if r.correlator == nil {
		r.early = append(r.early, f)
		return
	}
	f()
}

// begin tells the recorder what the network looks like.
func (r *recorder) begin(s *sim.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.correlator = trace.NewCorrelator(s, func(j trace.Journey) { r.journeys = append(r.journeys, j) })
	for _, f := range r.early {
		f()
	}
	r.early = nil
}

// stop ends the readers after they have handed over all that is queued. The rule
// trace ends before the capture, so that no packet is in it whose frames are not.
func (r *recorder) stop() error {
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
	return errors.Join(r.errs...)
}

// trace makes the record of the run, with what the network looks like now.
func (r *recorder) trace(s *sim.State) *trace.Trace {
	r.correlator.Update(s)
	r.correlator.Flush(time.Now())
	stats := r.correlator.Stats()
	t := &trace.Trace{State: *s, Flows: r.correlator.Flows(), Journeys: r.journeys, Frames: r.frames}
	t.Gaps = trace.Gaps{Stray: stats.Stray, Undecoded: stats.Undecoded, Ambiguous: stats.Ambiguous}
	t.Gaps.Steps = uint64(stats.Orphans + stats.BadTraces + stats.Unclaimed)
	for _, s := range r.sources {
		missed, _ := s.Missed() // an error leaves the count at what it was
		t.Gaps.Missed += missed
	}
	for i := range r.rules {
		t.Gaps.Steps += r.rules[i].Lost()
		t.Gaps.Events += r.tracking[i].Lost()
	}
	for i := range t.Frames {
		f := &t.Frames[i]
		f.Interface = s.InterfaceName(f.Node, f.Frame.Interface)
	}
	return t
}

// close stops the readers, if they run still, and releases the sockets, which
// would keep the namespaces alive. The kernel takes some 20 ms to let go of a
// packet socket (packet_release waits for an RCU grace period); all at once,
// they wait for the same one.
func (r *recorder) close() {
	r.closed.Do(func() {
		_ = r.stop() // its errors were reported by whoever stopped it first
		var all sync.WaitGroup
		release := func(c io.Closer) { all.Go(func() { c.Close() }) }
		if r.startClock() == nil {
			release(r.clock)
		}
		for _, s := range r.sources {
			release(s)
		}
		for i := range r.rules {
			release(r.rules[i])
			release(r.tracking[i])
		}
		all.Wait()
	})
}
