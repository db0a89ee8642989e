package live

import (
	"errors"
	"io"
	"sync"
	"time"

	"tracer/trace"
	"tracer/trace/capture"
	"tracer/trace/correlate"
)

// Recorder records a [Network]. It opens readers in its nodes, and has the correlator
// follow the packets.
//
//	Start ──▶ readers ──▶ queue ──┬─ at Stop ────▶ follower ──▶ Trace
//	                              └─ meanwhile ──▶ follower ──▶ Packet, Packet, …  (Options.Each)
//
// After Stop it can be started again. Numbers continue, and a trace has everything
// recorded so far. A Recorder is not safe for concurrent use, except for Watch.
type Recorder struct {
	options    Options
	steady     *steady
	startClock func() error // once; returns when the kernel stamps frames
	clock      *capture.Clock

	queue    *queue
	network  Network
	mu       sync.Mutex // guards readers
	readers  map[string]*readers
	lossy    []string // nodes in which readers have lost something
	sampled  []string // nodes in which not all packets were traced
	follower *follower
	kept     *kept     // nil: packets are handed over
	stream   *stream   // nil: none is running
	finished mark      // of the last recording that was finished
	end      time.Time // of the last recording: when all rule traces had ended, and no capture
	counters counters
	closing  sync.WaitGroup
}

// NewRecorder returns a Recorder, which immediately begins to switch on the kernel's
// timestamps.
func NewRecorder(o Options) *Recorder {
	r := &Recorder{options: o, steady: newSteady(machineClocks()), queue: newQueue(), readers: map[string]*readers{}}
	r.finished = r.queue.mark()
	r.startClock = sync.OnceValue(func() (err error) {
		r.clock, err = capture.StartClock()
		return err
	})
	go func() { _ = r.startClock() }() // Watch gets the result
	return r
}

// Watch opens the readers of a node, in the network namespace of the calling thread.
// Start does this for all nodes that are not watched yet. Watch is for a network under
// construction: no frame is missed from then on.
func (r *Recorder) Watch(n Node) error {
	if err := r.startClock(); err != nil {
		return wrap(n.Name, err)
	}
	opened := &readers{
		node: n, put: r.queue.put, steady: r.steady,
		ignoreConntrack: r.options.IgnoreConntrack, noMarks: r.options.NoMarks, unfragmented: r.options.unfragmented,
	}
	if err := opened.open(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.readers[n.Name] = opened
	return nil
}

// Start begins a recording. If it has to open readers, the recording begins when all nodes are
// watched. On an error, the Recorder has stopped, as after an error of
// Stop.
func (r *Recorder) Start(n Network) error {
	r.closing.Wait()
	r.network = n
	opened, err := r.watchAll()
	if err != nil {
		r.abandon()
		return err
	}
	if opened {
		r.cut()
	}
	if r.follower != nil {
		before, err := readCounts(n)
		if err != nil {
			r.abandon()
			return err
		}
		r.counters.begin(before, r.steady.now())
		r.follower.correlator.Resume()
	} else {
		s, err := r.snapshot()
		if err != nil {
			r.abandon()
			return err
		}
		if err := r.traceRules(&s); err != nil {
			r.abandon()
			return err
		}
		r.counters.begin(countsOf(s.State), s.Time)
		r.begin(s)
	}
	if r.options.Each != nil {
		r.stream = startStream(r)
	}
	return nil
}

// begin makes the follower.
func (r *Recorder) begin(s correlate.Snapshot) {
	if r.options.Each == nil {
		r.kept = &kept{}
		r.follower = newFollower(s, r.kept)
		return
	}
	h := &handed{queue: r.queue, each: r.options.Each, waiting: map[int]*trace.Frame{}}
	r.follower = newFollower(s, h)
	h.flow = r.follower.correlator.Flow
}

// Stop ends the recording, after everything that the kernel has queued, and returns the
// trace. With [Options.Each], all packets have been handed over when it returns, and the
// trace has only the network's state and the gaps.
//
// On an error, what was recorded since the last Stop is discarded, unless it was handed
// over.
func (r *Recorder) Stop() (*trace.Trace, error) {
	err := r.stopStream()
	end := r.steady.now()
	s, unread := r.snapshot()
	sockets, unstopped := r.stopReaders()
	r.closing.Go(func() { closeAll(sockets) })
	if err := errors.Join(err, unread, unstopped); err != nil {
		r.abandon()
		return nil, err
	}
	r.counters.end(s.State, end)
	r.follower.correlator.Update(s)
	r.finish()
	return r.trace(s), nil
}

// now returns the time by the clock of the frames.
func (r *Recorder) now() time.Time { return r.steady.now() }

// finish follows the remaining evidence.
func (r *Recorder) finish() {
	end := r.queue.end(r.end)
	for _, node := range r.lossy {
		r.follower.correlator.Lost(node)
	}
	for _, node := range r.sampled {
		r.follower.correlator.Sampled(node)
	}
	r.follower.followAll(r.queue.takeUntil(r.end))
	r.follower.correlator.Flush(end)
	r.finished = r.queue.mark()
}

// trace makes the trace of what was recorded so far.
func (r *Recorder) trace(s correlate.Snapshot) *trace.Trace {
	c := r.follower.correlator
	stats := c.Stats()
	t := &trace.Trace{State: *s.State, Gaps: r.finished.gaps}
	t.Gaps.Stray, t.Gaps.Undecoded, t.Gaps.Ambiguous = stats.Stray, stats.Undecoded, stats.Ambiguous
	t.Gaps.Steps += uint64(stats.Orphans + stats.BadTraces + stats.Unassigned)
	if r.kept != nil {
		r.kept.addTo(t, c)
		t.Splice(r.network.Splices())
		t.LinkReports()
		t.Reconcile(r.counters.total, r.counters.counting)
	}
	return t
}

// abandon ends a recording that cannot be finished, and discards what was recorded since
// the last finished one. Packets that are handed over are not discarded.
func (r *Recorder) abandon() {
	_ = r.stopStream() // the reason is already known
	sockets, _ := r.stopReaders()
	closeAll(sockets)
	if r.follower != nil && r.kept == nil {
		r.finish()
		return
	}
	r.queue.reset(r.finished)
}

// Close ends any recording under way, and releases everything.
func (r *Recorder) Close() {
	r.abandon()
	if r.startClock() == nil {
		r.closing.Go(func() { closeAll([]io.Closer{r.clock}) }) // while the readers' sockets still wait
	}
	r.closing.Wait()
}
